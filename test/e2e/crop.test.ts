/** `--crop`: the model sees what surrounds the zones, and coverage is that of the zone all the same. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyze, coverages, meanCoverage } from '../support/analyze-program.ts';
import { ClipFolder } from '../support/clips.ts';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';

const stack = new DisposableStack();
let clips: ClipFolder;
let models: KnownAnswerFolder;

beforeAll(() => {
  clips = stack.use(new ClipFolder());
  models = stack.use(new KnownAnswerFolder());
});
afterAll(() => stack.dispose());

const black = (width: number, height: number): string => `color=black:s=${width}x${height}:r=5:d=1`;
const whiteBox = (x: number, y: number, width: number, height: number): string =>
  `drawbox=x=${x}:y=${y}:w=${width}:h=${height}:color=white:t=fill`;

test.each<[string, number, string]>([
  ['to the left', 0, '400,300 700,300 700,560 400,560'],
  ['turned by a phone', 90, '300,400 600,400 600,700 300,700'],
  ['over the edge', 0, '1100,500 1400,500 1400,800 1100,800'],
])('coverage of a zone %s is that without a crop, within 0.01', async (name, rotation, corners) => {
  const path = clips.make(`boxes-${name.replaceAll(' ', '-')}.mp4`, {
    source: `${black(1280, 720)},${whiteBox(480, 0, 160, 720)},${whiteBox(1200, 520, 48, 200)},${whiteBox(0, 200, 300, 40)}`,
    ...(rotation === 0 ? {} : { rotation }),
  });
  const zone = ['--zone', `chute=${corners}`];
  const model = ['--model', models.write({ height: 640, width: 640 })];
  const whole = await analyze(path, [...model, ...zone]);
  const cropped = await analyze(path, [...model, ...zone, '--crop']);
  expect(cropped.run.stderr).toBe('');
  expect(meanCoverage(whole.report)).toBeGreaterThan(0.05);
  expect(meanCoverage(whole.report)).toBeLessThan(0.95);
  expect(Math.abs(meanCoverage(cropped.report) - meanCoverage(whole.report))).toBeLessThan(0.01);
});

test('a small zone gains accuracy', async () => {
  // A zone of 60x60, of which a heap covers 21 of 60 columns: 0.35. On a whole 1080p picture that is 10x10 of the input.
  const path = clips.make('small.mp4', {
    source: `${black(1920, 1080)},${whiteBox(1003, 400, 21, 300)}`,
    encoderOptions: { crf: '4' },
  });
  const args = ['--zone', 'chute=1003,511 1063,511 1063,571 1003,571'];
  const whole = await analyze(path, args);
  const cropped = await analyze(path, [...args, '--crop']);
  const error = (value: number | null): number => Math.abs((value ?? 0) - 21 / 60);
  const [before, after] = [whole, cropped].map(({ report }) => Math.max(...coverages(report).map(error)));
  expect(after).toBeLessThan(0.02);
  expect(before).toBeGreaterThan(3 * after);
});

test('a model of open size runs at the shape of the crop', async () => {
  const path = clips.make('open.mp4', { source: `${black(1920, 1080)},${whiteBox(960, 0, 960, 1080)}` });
  const model = models.write({ dynamic: true });
  const { report } = await analyze(path, [
    '--model',
    model,
    '--crop',
    '--zone',
    'belt=800,20 1120,20 1120,60 800,60',
  ]);
  expect(report.model.input).toEqual([320, 320]);
  for (const value of coverages(report)) expect(value).toBeCloseTo(0.5, 2);
});
