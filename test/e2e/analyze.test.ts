/** `plateau analyze` from a clip to its report, on answers that are known beforehand. */
import { once } from 'node:events';
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { analyze, coverages, knownAnswer, meanCoverage, times } from '../support/analyze-program.ts';
import { halfSource, probe, Workbench } from '../support/ffmpeg-program.ts';
import { plateau, spawnPlateau } from '../support/plateau-program.ts';
import { analysisReport, analysisReports } from '../support/report-schema.ts';
import { expectWithin } from '../support/within.ts';

const demo = (name: string): string => fileURLToPath(new URL(`../../demo/${name}`, import.meta.url));
const truth = JSON.parse(readFileSync(demo('lumps.json'), 'utf8')) as { coverage: [number, number][] };
const chute = ['--zone', 'chute=96,24 224,24 224,216 96,216'];

/** When the first value at or above (or below) a threshold comes, from a time on. */
const crossing = (from: number, beyond: (value: number) => boolean): number =>
  truth.coverage.find(([t, value]) => t >= from && beyond(value))![0];

describe('the rendered lumps, whose coverage is known', () => {
  test('coverage is within 0.01 of the truth and the chute is blocked and cleared at the right moments', async () => {
    const { run, report } = await analyze(demo('lumps.mp4'), [...chute, '--smooth', '0']);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const { coverage, events } = report.zones[0];
    expect(coverage).toHaveLength(truth.coverage.length);
    for (const [index, [t, value]] of coverage.entries()) {
      expectWithin(t, truth.coverage[index][0], 0.001, 'the time');
      expectWithin(value, truth.coverage[index][1], 0.01, `coverage at ${t} s`);
    }
    const risen = crossing(0, (value) => value >= 0.73);
    const fallen = crossing(15, (value) => value < 0.6);
    expect(events.map(({ type }) => type)).toEqual(['blocked', 'cleared']);
    // A value that is off by 0.01 may cross a threshold two pictures earlier or later.
    expectWithin(events[0].t, risen + 2.5, 0.25, 'blocked');
    expectWithin(events[1].t, fallen + 2.5, 0.25, 'cleared');
    expect(report).toMatchObject({
      source: demo('lumps.mp4'),
      model: { file: knownAnswer, classes: ['coal'], input: [320, 320] },
      device: 'cpu',
      frames: { decoded: 300, inferred: 300, dropped: 0, damaged: 0 },
      truncatedAt: null,
      memory: { liveResources: 0, unreleased: [] },
    });
    expectWithin(report.seconds.video, 29.9, 0.001, 'seconds.video');
    expect(report.memory.peakRssBytes).toBeGreaterThanOrEqual(report.memory.endRssBytes);
  });

  test('thresholds and delays move the events, and smoothing follows them by half its window', async () => {
    const args = ['--on', '.5', '--off', '.3', '--on-delay', '1', '--off-delay', '0', '--smooth', '2'];
    const { report } = await analyze(demo('lumps.mp4'), [...chute, ...args]);
    const [blocked, cleared] = report.zones[0].events;
    expectWithin(blocked.t, crossing(0, (value) => value >= 0.5) + 1 + 1, 0.3, 'blocked');
    expectWithin(cleared.t, crossing(15, (value) => value < 0.3) + 1, 0.3, 'cleared');
  });

  test('the summary for people has a plot, the events and the unreleased count', async () => {
    const run = await plateau(['analyze', demo('lumps.mp4'), '--model', knownAnswer, ...chute]);
    expect(run.code).toBe(0);
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/300 pictures decoded, 300 decided.*0 resources unreleased/);
    expect(run.stdout).toMatch(/100 % ┤.*[▁-█]/);
    expect(run.stdout).toMatch(/▲ blocked at 1[23]\.\d s/);
    expect(run.stdout).toMatch(/▼ cleared at 2[45]\.\d s/);
  });
});

/** The file that will take the name of `output` when it is whole. */
function growing(output: string): Stats | undefined {
  const name = readdirSync(dirname(output)).find((one) => one.startsWith(`.${basename(output)}.`));
  return name === undefined ? undefined : statSync(join(dirname(output), name), { throwIfNoEntry: false });
}

const absent = whatIsAbsent(['ffmpeg', 'ffprobe']);

describe.skipIf(skipFor(absent))(`flags of analyze${because(absent)}`, () => {
  const stack = new DisposableStack();
  let bench: Workbench;
  let half: string;
  let sparse: string;
  beforeAll(() => {
    bench = stack.use(new Workbench());
    const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
    half = bench.ffmpeg('-f', 'lavfi', '-i', halfSource({ seconds: 3 }), ...x264, 'half.mp4');
    // Not evenly spaced: an annotated video that counts pictures instead of keeping their times shows here.
    sparse = bench.ffmpeg(
      '-i',
      'half.mp4',
      '-vf',
      "select='lt(n,10)+not(mod(n,4))'",
      '-fps_mode',
      'vfr',
      ...x264,
      'sparse.mp4',
    );
  });
  afterAll(() => stack.dispose());

  test('several inputs give an array of reports, the same on standard output and in the file', async () => {
    const file = bench.file('reports.json');
    const run = await plateau(['analyze', half, sparse, '--model', knownAnswer, '--json', '--report', file]);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const { reports } = analysisReports.parse(JSON.parse(run.stdout));
    expect(reports.map(({ source }) => source)).toEqual([half, sparse]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(run.stdout));
    for (const report of reports) expectWithin(meanCoverage(report), 0.5, 0.01);
  });

  test('one of several inputs that cannot be used costs itself: the others are reported, exit 3', async () => {
    const run = await plateau(['analyze', bench.file('absent.mp4'), half, '--model', knownAnswer, '--json']);
    expect(run.code).toBe(3);
    expect(analysisReports.parse(JSON.parse(run.stdout)).reports.map(({ source }) => source)).toEqual([half]);
    expect(run.stderr).toMatch(/^plateau: .*absent\.mp4.*\n$/);
  });

  test('--report writes one report for one input', async () => {
    const file = bench.file('report.json');
    const run = await plateau(['analyze', half, '--model', knownAnswer, '--report', file]);
    expect(run.code).toBe(0);
    expect(run.stdout).not.toContain('plateau.report/1');
    expect(analysisReport.parse(JSON.parse(readFileSync(file, 'utf8'))).frames.decoded).toBe(30);
  });

  test('--output holds every decided picture at its own time, and plays without a complaint', async () => {
    const file = bench.file('annotated.mp4');
    const { report } = await analyze(sparse, ['--output', file]);
    const video = probe(file);
    expect([video.width, video.height, video.codec, video.complaints]).toEqual([640, 360, 'h264', '']);
    const right = probe(sparse).times;
    expect(times(report)).toHaveLength(right.length);
    expect(video.times).toHaveLength(right.length);
    for (const [index, t] of video.times.entries()) expectWithin(t, right[index], 0.001, `picture ${index}`);
  });

  test('--interval decides on a grid of seconds, --stride every n-th picture; all pictures are decoded', async () => {
    const grid = await analyze(half, ['--interval', '.5']);
    expect(times(grid.report)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(grid.report.frames).toMatchObject({ decoded: 30, inferred: 6, dropped: 0 });
    const file = bench.file('strides.mp4');
    const stride = await analyze(half, ['--stride', '7', '--output', file]);
    expect(times(stride.report)).toEqual([0, 0.7, 1.4, 2.1, 2.8]);
    expect(stride.report.frames).toMatchObject({ decoded: 30, inferred: 5 });
    for (const [index, t] of probe(file).times.entries())
      expectWithin(t, index * 0.7, 0.001, `picture ${index}`);
  });

  test('--config brings zones, thresholds and the model; several cameras need --camera', async () => {
    const camera = (name: string, points: string): string =>
      `  - name: ${name}\n    url: half.mp4\n    zones: [{ name: zone, points: ${points}, on: 0.9, onDelaySeconds: 1, smoothSeconds: 0 }]\n`;
    const right = camera('right', '[[0.5,0],[1,0],[1,1],[0.5,1]]');
    const left = camera('left', '[[0,0],[0.5,0],[0.5,1],[0,1]]');
    const model = `model: { file: ${knownAnswer} }\n`;
    const one = bench.write('one.yaml', `${model}cameras:\n${right}`);
    const single = await analyze(half, ['--config', one]);
    expect(single.report.zones[0].events).toMatchObject([{ type: 'blocked', t: 1 }]);
    expectWithin(meanCoverage(single.report, 'zone'), 1, 0.01);
    const two = bench.write('two.yaml', `${model}cameras:\n${right}${left}`);
    const chosen = await analyze(half, ['--config', two, '--camera', 'left']);
    expectWithin(meanCoverage(chosen.report, 'zone'), 0, 0.01);
    const unnamed = await plateau(['analyze', half, '--config', two]);
    expect([unnamed.code, unnamed.stdout]).toEqual([2, '']);
    expect(unnamed.stderr).toMatch(/--camera: right, left/);
  });

  test('--config brings the time between decisions; --stride, which no key says, still counts', async () => {
    const config = (seconds: number): string =>
      bench.write(
        'seldom.yaml',
        `model: { file: ${knownAnswer} }\ncameras: [{ name: belt, url: half.mp4, intervalSeconds: ${seconds} }]\n`,
      );
    const seldom = await analyze(half, ['--config', config(1)]);
    expect(times(seldom.report)).toEqual([0, 1, 2]);
    const strides = await analyze(half, ['--config', config(0), '--stride', '15']);
    expect(times(strides.report)).toEqual([0, 1.5]);
  });

  test('a folder of pictures is a recording', async () => {
    bench.ffmpeg('-i', 'half.mp4', '-frames:v', '12', 'picture-%d.png');
    const folder = bench.path;
    const { report } = await analyze(folder);
    expect(report.frames.decoded).toBe(12);
    for (const value of coverages(report)) expectWithin(value, 0.5, 0.01);
  });

  test('SIGTERM in the middle ends with what was decided by then, its video whole as far as it goes', async () => {
    const source = 'color=white:s=640x360:r=25:d=120';
    const long = bench.ffmpeg(
      '-f',
      'lavfi',
      '-i',
      source,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      'long.mp4',
    );
    const output = bench.file('long-annotated.mp4');
    const child = spawnPlateau(['analyze', long, '--model', knownAnswer, '--json', '--output', output]);
    let said = '';
    child.stdout?.on('data', (text) => {
      said += text;
    });
    const ended = once(child, 'close');
    await vi.waitUntil(() => growing(output) !== undefined, { timeout: 20_000 });
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const report = analysisReport.parse(JSON.parse(said));
    expect(report.frames.inferred).toBeGreaterThan(0);
    expect(report.frames.inferred).toBeLessThan(3000);
    expect(report.warnings.join(' ')).toMatch(/stopped at/);
    expect(report.memory.liveResources).toBe(0);
    const video = probe(output);
    expect(video.complaints).toBe('');
    expect(video.times.length).toBeGreaterThan(0);
    expect(video.times.length).toBeLessThanOrEqual(report.frames.inferred + 4);
    expect(readdirSync(bench.path).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('stopped while it waits for a slow model, the video is whole as well, each time', async () => {
    using bench = new Workbench();
    const long = bench.ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=25:d=40', 'long.mp4');
    for (const turn of [0, 1, 2]) {
      const output = bench.file(`waiting-${turn}.mp4`);
      const child = spawnPlateau(['analyze', long, '--threads', '1', '--json', '--output', output]);
      child.stdout?.resume();
      const ended = once(child, 'close');
      await vi.waitUntil(() => (growing(output)?.size ?? 0) > 0, { timeout: 20_000 });
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(probe(output).times.length).toBeGreaterThan(0);
    }
  });
});
