/** The flat-memory gate, short: it lets a flat run pass and names a planted leak by file and line. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Workbench } from '../support/ffmpeg-program.ts';
import { plateau, spawnPlateau } from '../support/plateau-program.ts';

const soakReport = z
  .looseObject({
    flat: z.boolean(),
    verdict: z.enum(['flat', 'leaking', 'undecided']),
    frames: z.int(),
    /** JSON has no word for a number that a run was too short to tell. */
    slopeBytesPerFrame: z.number().nullable(),
    confidence95: z.tuple([z.number().nullable(), z.number().nullable()]),
    boundBytesPerFrame: z.literal(512),
    growthBytes: z.number().nullable(),
    unreleased: z.int(),
    measures: z.looseObject({}),
    series: z.looseObject({ ledger: z.array(z.tuple([z.number(), z.number()])) }),
    owner: z
      .looseObject({
        kind: z.string(),
        camera: z.string().nullable(),
        stage: z.string().nullable(),
        site: z.string().nullable(),
      })
      .nullable(),
  })
  .refine(({ verdict, slopeBytesPerFrame }) => verdict === 'undecided' || slopeBytesPerFrame !== null);

test('a planted leak of 1 KB a frame ends with exit 1, and its owner is named by file and line', {
  timeout: 240_000,
}, async () => {
  using bench = new Workbench();
  const file = bench.file('soak.json');
  const args = ['soak', '--frames', '6000', '--plant-leak', '1024', '--report', file];
  const { code, stdout, stderr } = await plateau(args, { timeoutSeconds: 200 });
  expect([code, stderr]).toEqual([1, '']);
  const report = soakReport.parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(report).toMatchObject({
    flat: false,
    verdict: 'leaking',
    frames: 6000,
    owner: { kind: 'PlantedLeak (array-buffer)', stage: 'soak' },
  });
  const line = readFileSync(new URL('../../src/runtime/soak.ts', import.meta.url), 'utf8')
    .split('\n')
    .findIndex((text) => text.includes('this.#leak?.leak('));
  expect(report.owner?.site).toMatch(new RegExp(`soak\\.ts:${line + 1}\\b`));
  expect(stdout).toMatch(/leaking over 6000 frames/);
  expect(stdout).toMatch(/soak\.ts:\d+/);
});

// Long enough for the interval to be narrow on most machines. A busy one may be undecided, and is asked once more.
test('a run without a leak is flat', { timeout: 400_000, retry: 1 }, async () => {
  const run = await plateau(['soak', '--frames', '15000', '--json'], { timeoutSeconds: 380 });
  const report = soakReport.parse(JSON.parse(run.stdout));
  expect(report.verdict, JSON.stringify(report.measures)).toBe('flat');
  expect(report).toMatchObject({ flat: true, owner: null, frames: 15_000, unreleased: 0 });
  expect([run.code, run.stderr]).toEqual([0, '']);
});

test('cameras that come and go leave nothing behind', { timeout: 120_000 }, async () => {
  const args = ['soak', '--frames', '2000', '--cameras', '2', '--reconnect-every', '100', '--json'];
  const report = soakReport.parse(JSON.parse((await plateau(args, { timeoutSeconds: 100 })).stdout));
  expect(report.unreleased).toBe(0);
  // Short, so that memory is undecided; what the ledger counts needs no statistics.
  const { ledger } = report.series;
  expect(Math.max(...ledger.slice(-5).map(([, bytes]) => bytes))).toBeLessThan(3 * ledger[0][1]);
});

test('a run that is too short is undecided, and undecided is not flat', async () => {
  const { code, stdout } = await plateau(['soak', '--frames', '60', '--json']);
  const report = soakReport.parse(JSON.parse(stdout));
  expect([code, report.flat, report.verdict]).toEqual([1, false, 'undecided']);
});

test('a run of one frame names nobody, since it measured nothing', async () => {
  const { code, stdout } = await plateau(['soak', '--frames', '1', '--json']);
  const report = soakReport.parse(JSON.parse(stdout));
  expect(code).toBe(1);
  expect(report).toMatchObject({
    verdict: 'undecided',
    owner: null,
    undecidedBecause: expect.stringMatching(/too little was measured/),
  });
  const shown = await plateau(['soak', '--frames', '1']);
  expect(shown.stdout).toMatch(
    /^undecided over 1 frames\n.*too few points[\s\S]*\n {2}too little was measured .+\n$/,
  );
  expect(shown.stdout).not.toMatch(/NaN|Infinity|what grew/);
});

test.each([
  ['a leak larger than any memory', ['--plant-leak', '1e15', '--frames', '200'], /at most \d+ bytes a frame/],
  ["one larger than V8's heap", ['--plant-leak', '1e9', '--plant-in', 'v8'], /at most \d+ bytes a frame/],
  ['a leak below none', ['--plant-leak', '-1'], /0 or more bytes/],
  ['a report in the place of its model', ['--model', 'm.onnx', '--report', 'm.onnx'], /--report.+overwrite/],
])('%s is refused', async (_, args, sentence) => {
  using bench = new Workbench();
  bench.write('m.onnx', 'model');
  const { code, stdout, stderr } = await plateau(['soak', ...args], { cwd: bench.path });
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(sentence)]);
  expect(stderr).toMatch(/^plateau: .+\n$/);
});

test('what a soak found is printed, also where its report cannot be written after all', async () => {
  const { code, stdout, stderr } = await plateau(['soak', '--frames', '1', '--report', '/dev/full']);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^undecided/);
  expect(stderr).toMatch(/disk is full/);
});

test('SIGTERM ends without a verdict, in one sentence, also while the model is being loaded', async () => {
  const afterMilliseconds = [900, 1200, 4000];
  const runs = afterMilliseconds.map(async (milliseconds) => {
    const child = spawnPlateau(['soak', '--frames', '1000000']);
    let said = '';
    child.stderr?.on('data', (text) => {
      said += text;
    });
    const ended = once(child, 'close');
    await delay(milliseconds);
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const [code, signal] = await ended;
    clearTimeout(impatience);
    // Before its handler stands, the signal ends the process as it ends any other.
    if (signal === 'SIGTERM') return;
    expect([milliseconds, code, signal]).toEqual([milliseconds, 1, null]);
    expect(said).toMatch(/^plateau: The soak was stopped after \d+ frames.*\n$/);
  });
  await Promise.all(runs);
});
