/** `plateau bench` over a short clip: its figures, what it refuses, and how it is stopped. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { knownAnswer } from '../support/analyze-program.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { plateau, spawnPlateau } from '../support/plateau-program.ts';

const lumps = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const short = ['bench', lumps, '--model', knownAnswer, '--no-peers', '--rounds', '1'];

test('its figures are printed and written, and a baseline that nobody reaches ends with exit 1', async () => {
  using bench = new Workbench();
  const file = bench.file('bench.json');
  const { code, stdout, stderr } = await plateau([...short, '--json', '--report', file]);
  expect([code, stderr]).toEqual([0, '']);
  const report = JSON.parse(stdout) as { results: { name: string; framesPerSecond: number }[] };
  expect(report).toMatchObject({
    schema: 'plateau.bench/1',
    clip: 'lumps.mp4',
    results: [{ name: 'plateau' }],
  });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(report);
  report.results[0].framesPerSecond = 1e9;
  const unreachable = bench.write('unreachable.json', JSON.stringify(report));
  // So short a run's peak memory may differ by a fifth from the last one's: only the speed is to be worse.
  const worse = await plateau([...short, '--baseline', unreachable, '--tolerance', '0.9']);
  expect([worse.code, worse.stderr]).toEqual([1, expect.stringMatching(/^plateau: .+\n$/)]);
});

test.each([
  ['the clip', [lumps], lumps, 2, /--report.+overwrite/],
  ['a folder', [lumps], '.', 3, /it is a folder/],
])('a report in the place of %s is refused', async (_, args, report, expected, sentence) => {
  const { code, stdout, stderr } = await plateau(['bench', ...args, '--report', report]);
  expect([code, stdout, stderr]).toEqual([expected, '', expect.stringMatching(sentence)]);
});

test('a tolerance that is a percentage, and a baseline of something else, are refused', async () => {
  using bench = new Workbench();
  const other = { schema: 'plateau.bench/1', clip: 'lumps.mp4', model: 'other.onnx', results: [] };
  const cases = [
    [['--tolerance', '15'], /^plateau: .*--tolerance.*a share from 0 to 1 is needed.*\n$/],
    [
      ['--baseline', bench.write('other.json', JSON.stringify(other))],
      /^plateau: --baseline .+ is of lumps\.mp4 with other\.onnx, and this bench would be of lumps\.mp4 with .+; measure the same.+\n$/,
    ],
    [
      ['--baseline', bench.write('part.json', '{"schema":"plateau.bench/1"}')],
      /^plateau: .+ is no report of plateau bench.+\n$/,
    ],
    [['--baseline', bench.write('null.json', 'null')], /^plateau: .+ is no report of plateau bench.+\n$/],
  ] as const;
  for (const [flags, sentence] of cases) {
    const { code, stdout, stderr } = await plateau([...short, ...flags]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(sentence)]);
  }
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it without figures, in one sentence', async (name) => {
  const child = spawnPlateau([...short, '--rounds', '1000']);
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'close');
  await delay(5000);
  child.kill(name);
  expect(await ended).toEqual([1, null]);
  expect(said).toMatch(/^plateau: The bench was stopped before its end.+\n$/);
});
