/** `--decoder`: hardware where it is, else software with one reason, and the same coverage either way. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveCapture } from '../../src/runtime/capture-settings.ts';
import { defaults } from '../../src/runtime/defaults.ts';
import { memorySettings } from '../../src/runtime/memory-settings.ts';
import { Monitor } from '../../src/runtime/monitor.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';
import { hardwareDevices } from '../../src/vision/video/hardware-devices.ts';
import { analyze, coverages, knownAnswer } from '../support/analyze-program.ts';
import { ClipFolder } from '../support/clips.ts';
import { plateau } from '../support/plateau-program.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());

let path: string;
let expected: (number | null)[];
beforeAll(async () => {
  path = clips.make('belt.mp4', {
    source: 'color=black:s=320x240:r=5:d=2,drawbox=x=80:w=120:h=240:color=white:t=fill',
  });
  expected = coverages((await analyze(path)).report);
  expect(expected[0]).toBeGreaterThan(0.2);
});

const opens = new Set<string>(
  hardwareDevices()
    .filter(({ refusal }) => refusal === null)
    .map(({ kind }) => kind),
);
/** A machine with a device decodes on it: then there is no reason to be told. */
const reasonsOf = (decoder: string): number =>
  opens.has(decoder) || (decoder === 'auto' && opens.size > 0) ? 0 : 1;

describe.each(['auto', 'vaapi', 'cuda', 'v4l2m2m'])('--decoder %s', (decoder) => {
  test('gives the coverage of software, and says once where software it was', async () => {
    const { run, report } = await analyze(path, ['--decoder', decoder]);
    expect([run.code, run.stderr]).toEqual([0, '']);
    for (const [index, value] of coverages(report).entries())
      expect(value).toBeCloseTo(expected[index] ?? -1, 2);
    expect(coverages(report)).toHaveLength(expected.length);
    const reasons = report.warnings.filter((warning) => warning.includes('decoded in software'));
    expect(reasons).toHaveLength(reasonsOf(decoder));
    for (const reason of reasons) expect(reason).toContain(`${decoder === 'auto' ? 'vaapi' : decoder}: `);
  });
});

test('software, which is the default, has no reason to tell', async () => {
  const { report } = await analyze(path, ['--decoder', 'software']);
  expect(report.warnings).toEqual([]);
  expect(coverages(report)).toEqual(expected);
});

test('a decoder that does not exist is refused with the list of those that do', async () => {
  const { code, stderr } = await plateau(['analyze', path, '--decoder', 'gpu']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/auto, software, vaapi, cuda, v4l2m2m/);
});

test("a configuration's decoder serves analyze, and the status of a camera has the reason", async () => {
  const config = clips.file('plant.yaml');
  writeFileSync(
    config,
    `model: {file: ${JSON.stringify(knownAnswer)}}\ncameras: [{name: belt, url: ${JSON.stringify(path)}, decoder: v4l2m2m}]\n`,
  );
  const { report } = await analyze(path, ['--config', config]);
  expect(report.warnings.filter((warning) => warning.includes('v4l2m2m'))).toHaveLength(reasonsOf('v4l2m2m'));

  const told: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  await using monitor = await Monitor.start(
    { file: knownAnswer, names: null, device: 'cpu', threads: 1, confidence: 0.5, className: null },
    [
      {
        name: 'belt',
        zones: [{ zone: wholePicture, blockage: defaults.blockage }],
        capture: liveCapture(path, { decoder: 'v4l2m2m' }),
      },
    ],
    {
      onEvent: () => undefined,
      onFailure: (error) => told.push(error.message),
      onCameraState: (_, state) => {
        if (state === 'live') resolve();
      },
      onSoftwareDecoding: (camera, reason) => told.push(`${camera}: ${reason}`),
    },
    memorySettings('off', undefined),
  );
  await promise;
  expect(told).toHaveLength(reasonsOf('v4l2m2m'));
  expect(monitor.status.cameras[0].warnings).toEqual(told.map((line) => line.replace('belt: ', '')));
});

test('doctor says which devices there are, and what became of a source on the one that is named', async () => {
  const { code, stdout } = await plateau([
    'doctor',
    '--model',
    knownAnswer,
    '--decoder',
    'vaapi',
    path,
    '--json',
  ]);
  expect(code).toBe(0);
  const { checks } = JSON.parse(stdout) as { checks: { subject: string; status: string; text: string }[] };
  const [machine, source] = checks.filter(({ subject }) => subject === 'decoder');
  expect(machine.text).toMatch(/unverified/);
  expect(source.status).toBe(opens.has('vaapi') ? 'ok' : 'warning');
  expect(source.text).toMatch(opens.has('vaapi') ? /has decoded/ : /decoded in software, not by vaapi/);
});
