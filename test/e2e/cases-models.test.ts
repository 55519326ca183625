/** Models on which others fail: order of outputs, names, dynamic axes, number forms, versions, second files, shapes. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { analyze, coverages } from '../support/analyze-program.ts';
import { halfSource, Workbench } from '../support/ffmpeg-program.ts';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';
import type { KnownAnswerOptions } from '../support/known-answer-model.ts';
import { plateau } from '../support/plateau-program.ts';
import { expectWithin } from '../support/within.ts';

const names = `{0: 'person', 1: "coal", 2: "worker's glove"}`;
const whole = [0, 0, 1, 1] as const;
const coalAsSecond = [{ box: whole, score: 0.9, classId: 1 }];

interface RunningModel {
  readonly title: string;
  readonly model: KnownAnswerOptions;
  readonly args?: readonly string[];
  /** Coverage of the whole of `half.mp4`; 0.50 where none is given. */
  readonly coverage?: number;
  readonly classes?: readonly string[];
  readonly input?: readonly [number, number];
  readonly warning?: RegExp;
}

const running: readonly RunningModel[] = [
  { title: 'C21 exchanged outputs', model: { swapOutputs: true } },
  { title: 'C21 outputs of other names', model: { outputNames: ['logits', 'masks'] } },
  { title: 'C21 a transposed head', model: { layout: 'transposed' } },
  { title: 'C22 one class', model: { classes: 1 } },
  {
    title: 'C22 coal as the second of three classes',
    model: { classes: 3, detections: coalAsSecond, metadata: { names } },
    args: ['--class', 'coal'],
    classes: ['person', 'coal', "worker's glove"],
  },
  {
    title: 'C22 another class of these is not covered by coal',
    model: { classes: 3, detections: coalAsSecond, metadata: { names } },
    args: ['--class', 'person'],
    coverage: 0,
  },
  {
    title: 'C22 coal as the last of eighty classes',
    model: { classes: 80, detections: [{ box: whole, score: 0.9, classId: 79 }] },
    args: ['--class', 'class79'],
  },
  { title: 'C23 no metadata and one class', model: { metadata: false }, warning: /name|metadata/ },
  {
    title: 'C23 no metadata, several classes and --names',
    model: { metadata: false, classes: 3, detections: coalAsSecond },
    args: ['--names', "person,coal,worker's glove"],
    classes: ['person', 'coal', "worker's glove"],
  },
  {
    title: 'C24 dynamic axes with a size in the metadata take the shape that the source needs of it',
    model: { dynamic: true },
    input: [192, 320],
  },
  {
    title: 'C24 dynamic axes without a size',
    model: { dynamic: true, metadata: { imgsz: undefined } },
    warning: /640|size/,
  },
  {
    title: 'C25 a fixed batch of four pictures',
    model: { batch: 4 },
    warning: /4 pictures at a time.*batch=1/,
  },
  ...(
    [
      [192, 320],
      [320, 192],
    ] as const
  ).map(
    ([height, width]): RunningModel => ({
      title: `C31 an input of height ${height} and width ${width}`,
      model: { height, width },
      input: [height, width],
    }),
  ),
];

interface RefusedModel {
  readonly title: string;
  readonly model: KnownAnswerOptions;
  readonly args?: readonly string[];
  readonly code: 2 | 3;
  readonly sentence: readonly RegExp[];
}

const refused: readonly RefusedModel[] = [
  {
    title: 'C22 a list of names of another length says both numbers',
    model: { classes: 3 },
    args: ['--names', 'person,coal'],
    code: 2,
    sentence: [/\b2\b/, /\b3\b/],
  },
  {
    title: 'C22 a class that the model has not lists those that it has',
    model: { classes: 3, metadata: { names } },
    args: ['--class', 'wood'],
    code: 2,
    sentence: [/"wood"/, /person, coal, worker's glove/, /--class/],
  },
  {
    title: 'C23 several classes without names ask for them',
    model: { metadata: false, classes: 3 },
    code: 2,
    sentence: [/--names|--class/],
  },
  {
    title: 'C29 an opset of the future',
    model: { opset: 99 },
    code: 3,
    sentence: [/opset 99/, /up to \d+/, /export/],
  },
  {
    title: 'C29 an IR of the future',
    model: { irVersion: 99 },
    code: 3,
    sentence: [/IR version 99/, /up to \d+/, /export/],
  },
];

/** What must never show: a stack, a path of the machine on which the runtime was built, an error of a lower layer. */
const unfit = /\n {4}at |onnxruntime[_/\\]|\.cc:|\.cpp|node_modules|Error:/;

const absent = whatIsAbsent(['ffmpeg']);

describe.skipIf(skipFor(absent))(`models on which others fail${because(absent)}`, () => {
  const stack = new DisposableStack();
  let bench: Workbench;
  let models: KnownAnswerFolder;
  let half: string;
  beforeAll(() => {
    bench = stack.use(new Workbench());
    models = stack.use(new KnownAnswerFolder());
    half = clip('half.mp4', halfSource({ seconds: 1 }));
  });
  afterAll(() => stack.dispose());

  const clip = (name: string, source: string): string =>
    bench.ffmpeg(
      '-f',
      'lavfi',
      '-i',
      source,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      name,
    );

  test.each(running)('$title', async ({ model, args = [], coverage = 0.5, classes, input, warning }) => {
    const { run, report } = await analyze(half, ['--model', models.write(model), ...args]);
    expect([run.code, run.stderr]).toEqual([0, '']);
    for (const value of coverages(report)) expectWithin(value, coverage, 0.01);
    if (classes !== undefined) expect(report.model.classes).toEqual(classes);
    if (input !== undefined) expect(report.model.input).toEqual(input);
    if (warning !== undefined) expect(report.warnings.join(' ')).toMatch(warning);
  });

  test.each(refused)('$title', async ({ model, args = [], code, sentence }) => {
    const run = await plateau(['analyze', half, '--model', models.write(model), ...args]);
    expect([run.code, run.stdout]).toEqual([code, '']);
    for (const part of sentence) expect(run.stderr).toMatch(part);
    expect(run.stderr).not.toMatch(unfit);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('C27 half-precision inputs run, or are refused before the start with the remedy', async () => {
    const path = models.write({ half: true });
    const run = await plateau(['analyze', half, '--model', path, '--json']);
    const doctor = await plateau(['doctor', '--model', path]);
    if (run.code === 0) {
      expect(JSON.parse(run.stdout).zones[0].coverage[0][1]).toBeCloseTo(0.5, 2);
      return;
    }
    for (const { code, stdout, stderr } of [run, doctor]) {
      expect(code).toBe(3);
      expect(stdout + stderr).toMatch(/float16.*float32|float32.*float16/s);
    }
    expect(run.stderr).not.toMatch(unfit);
  });

  test('C30 weights in a second file are found from any folder, and missed by name', async () => {
    const path = models.write({ externalData: 'weights.data' });
    const { report } = await analyze(half, ['--model', path], { cwd: '/' });
    for (const value of coverages(report)) expectWithin(value, 0.5, 0.01);
    rmSync(`${models.path}/weights.data`);
    const run = await plateau(['analyze', half, '--model', path]);
    expect([run.code, run.stdout]).toEqual([3, '']);
    expect(run.stderr).toContain(`${models.path}/weights.data`);
    expect(run.stderr).not.toMatch(unfit);
  });

  test.each([
    ['192x320', 192, 320],
    ['320x192', 320, 192],
  ])('C31 an input of %s measures wide, tall and very wide clips', async (_, height, width) => {
    const model = models.write({ height, width });
    const zones = [
      '--zone',
      'left=0,0 .5,0 .5,1 0,1',
      '--zone',
      'right=.5,0 1,0 1,1 .5,1',
      '--zone',
      'all=0,0 1,0 1,1 0,1',
    ];
    const clips = [
      half,
      clip('wide.mp4', halfSource({ width: 1000, height: 200, seconds: 1 })),
      bench.ffmpeg('-i', 'half.mp4', '-vf', 'transpose=1', '-pix_fmt', 'yuv420p', 'tall.mp4'),
    ];
    for (const source of clips) {
      const { report } = await analyze(source, ['--model', model, ...zones]);
      expect(report.model.input).toEqual([height, width]);
      const isTall = source.endsWith('tall.mp4');
      for (const value of coverages(report, 'all')) expectWithin(value, 0.5, 0.02, source);
      for (const value of coverages(report, 'left')) expectWithin(value, isTall ? 0.5 : 0, 0.02, source);
      for (const value of coverages(report, 'right')) expectWithin(value, isTall ? 0.5 : 1, 0.02, source);
    }
  });
});
