/** Zones and values on which others fail: sizes, edges, shapes, thresholds, overlaps. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { analyze, coverages } from '../support/analyze-program.ts';
import { halfSource, Workbench } from '../support/ffmpeg-program.ts';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';
import type { KnownAnswerDetection } from '../support/known-answer-model.ts';
import { plateau } from '../support/plateau-program.ts';
import { expectWithin } from '../support/within.ts';

const absent = whatIsAbsent(['ffmpeg']);

type Corner = readonly [number, number];
const zoneText = (name: string, corners: readonly Corner[]): string =>
  `${name}=${corners.map(([x, y]) => `${x},${y}`).join(' ')}`;

/** A U of 0.1 to 0.9, its notch from 0.4 to 0.6 down to 0.7. */
const u: readonly Corner[] = [
  [0.1, 0.1],
  [0.4, 0.1],
  [0.4, 0.7],
  [0.6, 0.7],
  [0.6, 0.1],
  [0.9, 0.1],
  [0.9, 0.9],
  [0.1, 0.9],
];
/** A comb with 20 teeth over the whole width, from a back below 0.8 up to 0.1. */
const comb: readonly Corner[] = [
  ...Array.from({ length: 20 }, (_, tooth): Corner[] => {
    const left = tooth / 20;
    return [
      [left, 0.8],
      [left, 0.1],
      [left + 0.025, 0.1],
      [left + 0.025, 0.8],
    ];
  }).flat(),
  [1, 0.8],
  [1, 0.95],
  [0, 0.95],
];

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '1', '-pix_fmt', 'yuv420p'];

describe.skipIf(skipFor(absent))(`zones on which others fail${because(absent)}`, () => {
  const stack = new DisposableStack();
  let bench: Workbench;
  let models: KnownAnswerFolder;
  let white: string;
  beforeAll(() => {
    bench = stack.use(new Workbench());
    models = stack.use(new KnownAnswerFolder());
    white = clip('white.mp4', 'color=white:s=640x360:r=10:d=1');
  });
  afterAll(() => stack.dispose());

  const clip = (name: string, source: string): string =>
    bench.ffmpeg('-f', 'lavfi', '-i', source, ...x264, name);

  test('C33 a zone in fractions covers the same on another size; pixels of the wrong size are told', async () => {
    const fractions = ['--zone', 'zone=.3,.2 .8,.2 .8,.9 .3,.9'];
    const pixels = ['--zone', 'zone=192,72 512,72 512,324 192,324'];
    const small = clip('small.mp4', halfSource({ seconds: 1 }));
    const large = clip('large.mp4', halfSource({ width: 1280, height: 720, seconds: 1 }));
    const right = coverages((await analyze(small, fractions)).report);
    for (const [source, zone] of [
      [large, fractions],
      [small, pixels],
    ] as const)
      for (const [index, value] of coverages((await analyze(source, zone)).report).entries())
        expectWithin(value, right[index] as number, 0.01);
    const config = bench.write(
      'zones.yaml',
      `cameras: [{name: belt, url: large.mp4, zones: [{name: zone, points: [[192,72],[512,72],[512,324],[192,324]], drawnFor: [640,360]}]}]`,
    );
    const scaled = await analyze(large, ['--config', config, '--model', models.write({})]);
    for (const [index, value] of coverages(scaled.report).entries())
      expectWithin(value, right[index] as number, 0.01);
    expect(scaled.report.warnings.join(' ')).toMatch(/640x360.*1280x720/);
    const outside = await plateau(['analyze', small, '--zone', 'zone=700,400 1200,400 1200,700']);
    expect([outside.code, outside.stdout]).toEqual([2, '']);
    expect(outside.stderr).toMatch(/"zone".*640x360/);
  });

  test('C34 zones to the last row, beyond the edge, and side by side', async () => {
    const { report } = await analyze(white, [
      ...['--zone', 'pixels=0,0 640,0 640,360 0,360', '--zone', 'fractions=0,0 1,0 1,1 0,1'],
      ...['--zone', 'beyond=-50,-50 700,-50 700,400 -50,400'],
    ]);
    for (const { name } of report.zones)
      for (const value of coverages(report, name)) expectWithin(value, 1, 0.0005, name);
    expect(report.warnings.join(' ')).toMatch(/"beyond" reaches out of the picture/);
    // One object that ends at the shared edge is in the one zone wholly, and in the other not at all.
    const half = clip('edge.mp4', halfSource({ seconds: 1 }));
    const shared = await analyze(half, [
      '--zone',
      'a=0,0 320,0 320,360 0,360',
      '--zone',
      'b=320,0 640,0 640,360 320,360',
    ]);
    for (const value of coverages(shared.report, 'a')) expectWithin(value, 0, 0.005);
    for (const value of coverages(shared.report, 'b')) expectWithin(value, 1, 0.005);
    const outside = await plateau(['analyze', white, '--zone', 'away=700,10 900,10 900,200']);
    expect([outside.code, outside.stdout]).toEqual([2, '']);
    expect(outside.stderr).toMatch(/"away"/);
  });

  test('C35 a notch is not part of its zone; direction and repeated points make no difference', async () => {
    const notch = clip(
      'notch.mp4',
      'color=black:s=640x360:r=10:d=1,drawbox=x=264:y=40:w=112:h=200:color=white:t=fill',
    );
    const doubled = u.flatMap((corner) => [corner, corner]);
    const { report } = await analyze(notch, [
      ...[
        '--zone',
        zoneText('u', u),
        '--zone',
        zoneText('back', u.toReversed()),
        '--zone',
        zoneText('doubled', doubled),
      ],
    ]);
    for (const { name } of report.zones)
      for (const value of coverages(report, name)) expectWithin(value, 0, 0.005, name);
  });

  test('C35 a comb with 20 teeth covers what its area says, and a zone too thin is told', async () => {
    // Left half white: half of the comb, whatever its teeth.
    const left = bench.ffmpeg(
      '-f',
      'lavfi',
      '-i',
      halfSource({ seconds: 1 }),
      '-vf',
      'hflip',
      ...x264,
      'left.mp4',
    );
    const { report } = await analyze(left, [
      '--zone',
      zoneText('comb', comb),
      '--zone',
      'thin=100,100 101,100 101,200 100,200',
    ]);
    for (const value of coverages(report, 'comb')) expectWithin(value, 0.5, 0.01);
    expect(report.warnings.join(' ')).toMatch(/"thin"/);
  });

  test('C36 a value that sits on the threshold gives one event at most', async () => {
    // Widths of 461 and 474 of 640 pixels: 0.72 and 0.74.
    const sits = clip(
      'sits.mp4',
      "color=black:s=640x360:r=10:d=15,drawbox=w=461:h=360:color=white:t=fill,drawbox=w=474:h=360:color=white:t=fill:enable='mod(n,2)'",
    );
    const { report } = await analyze(sits, ['--on', '.73', '--off', '.6']);
    expect(report.zones[0].events.length).toBeLessThanOrEqual(1);
    const steady = clip(
      'steady.mp4',
      "color=black:s=640x360:r=10:d=15,drawbox=w=512:h=360:color=white:t=fill:enable='mod(n+1,15)'",
    );
    const blocked = await analyze(steady, ['--on', '.73', '--off', '.6']);
    expect(coverages(blocked.report).filter((value) => value === 0)).toHaveLength(10);
    expect(blocked.report.zones[0].events.map(({ type }) => type)).toEqual(['blocked']);
  });

  const boxes = {
    overlapping: [
      { box: [0, 0, 0.6, 1], score: 0.9, classId: 0 },
      { box: [0.4, 0, 1, 1], score: 0.8, classId: 0 },
    ],
    equal: [
      { box: [0, 0, 1, 1], score: 0.9, classId: 0 },
      { box: [0, 0, 1, 1], score: 0.8, classId: 0 },
    ],
  } as const satisfies Record<string, readonly KnownAnswerDetection[]>;

  test.each([
    ['overlapping boxes', boxes.overlapping, 1, 1],
    ['overlapping boxes in the other order', boxes.overlapping.toReversed(), 1, 1],
    ['two equal boxes', boxes.equal, 1, 1],
    [
      'coal over the belt, which is another class',
      [
        { box: [0, 0, 0.5, 1], score: 0.9, classId: 0 },
        { box: [0, 0, 1, 1], score: 0.95, classId: 1 },
      ],
      2,
      0.5,
    ],
  ] as const)('C37 %s are counted once', async (_, detections, classes, right) => {
    const model = models.write({ detections, classes });
    const { report } = await analyze(white, ['--model', model, '--class', 'coal']);
    for (const value of coverages(report)) {
      expectWithin(value, right, 0.0005);
      expect(value).toBeLessThanOrEqual(1);
    }
  });
});
