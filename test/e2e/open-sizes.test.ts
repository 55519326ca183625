/** Models of open size: one shape for each source, in `analyze` and in `start`, and what a crop does to the shape. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyze, coverages } from '../support/analyze-program.ts';
import { ClipFolder } from '../support/clips.ts';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';
import { StartedMonitor } from '../support/started-monitor.ts';

const stack = new DisposableStack();
let clips: ClipFolder;
let model: string;

beforeAll(() => {
  clips = stack.use(new ClipFolder());
  model = stack.use(new KnownAnswerFolder()).write({ dynamic: true, height: 320, width: 320 });
});
afterAll(() => stack.dispose());

/** Black, with the right half white. */
const half = (width: number, height: number): string =>
  `color=black:s=${width}x${height}:r=10:d=1,drawbox=x=${width / 2}:y=0:w=${width / 2}:h=${height}:color=white:t=fill`;

test.each([
  [640, 360, [192, 320]],
  [640, 480, [256, 320]],
  [360, 640, [320, 192]],
  [480, 480, [320, 320]],
])('a recording of %ix%i runs at its own aspect, which the report shows', async (width, height, input) => {
  const clip = clips.make(`half-${width}x${height}.mp4`, { source: half(width, height) });
  const { run, report } = await analyze(clip, ['--model', model]);
  expect([run.code, run.stderr, report.model.input]).toEqual([0, '', input]);
  for (const value of coverages(report)) expect(value).toBeCloseTo(0.5, 2);
});

test('a size that changes in mid-stream changes the shape, and the report says so', async () => {
  const wide = clips.make('wide.ts', { source: half(640, 360) });
  const tall = clips.make('tall.ts', { source: half(360, 640) });
  const both = clips.join('both.ts', [wide, tall]);
  const { run, report } = await analyze(both, ['--model', model]);
  expect(run.code).toBe(0);
  expect(report.model.input).toEqual([320, 192]);
  expect(report.warnings.join(' ')).toMatch(/changed their size.*192x320 and then at 320x192/);
  expect(coverages(report)).toHaveLength(20);
  for (const value of coverages(report)) expect(value).toBeCloseTo(0.5, 2);
});

test('two cameras of different aspect share one model', { timeout: 60_000 }, async () => {
  const wide = clips.make('wide.mp4', { source: half(640, 360) });
  const tall = clips.make('tall.mp4', { source: half(360, 640) });
  await using monitor = await StartedMonitor.start([wide, tall, '--model', model]);
  await monitor.until(({ cameras }) => cameras.every(({ decided }) => decided > 5), 30);
  const { cameras } = await monitor.status();
  expect(cameras.map(({ input }) => input)).toEqual([
    [192, 320],
    [320, 192],
  ]);
  for (const { zones } of cameras) expect(zones[0].coverage).toBeCloseTo(0.5, 2);
  expect(monitor.log).toMatch(/wide.mp4: the model runs at 192x320/);
  expect(monitor.log).toMatch(/tall.mp4: the model runs at 320x192/);
  expect((await monitor.stop()).code).toBe(0);
});
