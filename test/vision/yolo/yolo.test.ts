import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ledger } from '@plateau/memory';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { PlateauError } from '../../../src/errors.ts';
import { Detections } from '../../../src/vision/yolo/detections.ts';
import { Yolo } from '../../../src/vision/yolo/yolo.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';
import { type KnownAnswerOptions, knownAnswerModel } from '../../support/known-answer-model.ts';
import { halfWhite, leftHalf, measure, rightHalf, white, whole } from './measured-coverage.ts';

const folder = new KnownAnswerFolder();
afterAll(() => folder[Symbol.dispose]());

const gloves = `{0: 'person', 1: "coal", 2: "worker's glove"}`;
const layouts: [string, KnownAnswerOptions][] = [
  ['plain head', {}],
  ['80 classes', { classes: 80 }],
  ['transposed head', { layout: 'transposed' }],
  [
    'transposed head of three classes',
    { layout: 'transposed', classes: 3, detections: [{ box: [0, 0, 1, 1], score: 0.9, classId: 0 }] },
  ],
  ['v5 head with objectness', { layout: 'objectness', metadata: { task: undefined, imgsz: undefined } }],
  ['v5 head of one class without metadata', { layout: 'objectness', metadata: false }],
  ['end-to-end rows', { layout: 'rows' }],
  ['rows with NMS inside', { layout: 'rows', metadata: { end2end: undefined, args: "{'nms': True}" } }],
  ['84 rows', { layout: 'rows', anchors: 84 }],
  ['outputs exchanged', { swapOutputs: true }],
  ['outputs renamed', { outputNames: ['logits', 'masks'] }],
  ['no metadata', { metadata: false }],
  ['eight anchors', { anchors: 8 }],
  ['one anchor', { anchors: 1 }],
  ['open sizes', { dynamic: true }],
  ['open sizes without imgsz', { dynamic: true, metadata: { imgsz: undefined } }],
  ['open sizes, v5', { dynamic: true, layout: 'objectness', metadata: { task: undefined } }],
  ['open sizes, rows', { dynamic: true, layout: 'rows' }],
  ['batch of four', { batch: 4 }],
  ['prototypes of stride 8', { stride: 8 }],
  ['sixteen mask channels', { maskChannels: 16 }],
  ['newer operators', { opset: 22, irVersion: 10 }],
  ['external data', { externalData: 'weights.data' }],
  [
    'int8, finely quantised',
    {
      quantisedStep: 1 / 128,
      height: 32,
      width: 32,
      detections: [{ box: [0, 0, 0.03, 0.03], score: 0.9, classId: 0 }],
    },
  ],
];

describe('every layout answers the same', () => {
  test.for(layouts.filter(([name]) => !name.startsWith('int8')))('%s', async ([, options]) => {
    await using yolo = await Yolo.open(folder.write(options));
    const { coverage, detections } = await measure(yolo, [640, 360], [whole, leftHalf, rightHalf], halfWhite);
    expect(coverage).toEqual([0.5, 0, 1]);
    expect(detections.count).toBe(1);
  });

  test('any source size and input size, to the pixel', async () => {
    for (const [height, width] of [
      [320, 320],
      [192, 320],
      [320, 192],
      [64, 64],
    ] as const) {
      await using yolo = await Yolo.open(folder.write({ height, width }));
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 16, max: 4000 }),
          fc.integer({ min: 16, max: 4000 }),
          async (sourceWidth, sourceHeight) => {
            const { coverage, box } = await measure(
              yolo,
              [sourceWidth, sourceHeight],
              [whole, leftHalf, rightHalf],
              halfWhite,
            );
            // The answer's own grid is 4 pixels: the white border lies within half a cell of where it is painted.
            const tolerance = 2.001 / box.scaledWidth;
            expect(Math.abs(coverage[0]! - 0.5)).toBeLessThanOrEqual(tolerance);
            expect(coverage[1]).toBeLessThanOrEqual(2 * tolerance);
            expect(coverage[2]).toBeGreaterThanOrEqual(1 - 2 * tolerance);
          },
        ),
        { numRuns: 40 },
      );
    }
  });
});

describe('classes', () => {
  const detections = [{ box: [0, 0, 1, 1] as const, score: 0.9, classId: 1 }];

  test('names in mixed quotes, and only the class asked for counts', async () => {
    await using yolo = await Yolo.open(folder.write({ classes: 3, detections, metadata: { names: gloves } }));
    expect(yolo.model.classes).toEqual(['person', 'coal', "worker's glove"]);
    expect((await measure(yolo, [640, 360], [whole], halfWhite, { classIds: [1] })).coverage).toEqual([0.5]);
    expect((await measure(yolo, [640, 360], [whole], halfWhite, { classIds: [0] })).coverage).toEqual([0]);
  });

  test('a list of names that disagrees with the head is refused with both numbers', async () => {
    const path = folder.write({ classes: 3, metadata: { names: "{0: 'coal'}" } });
    await expect(Yolo.open(path)).rejects.toMatchObject({
      code: 'ERR_NAMES_MISMATCH',
      message: expect.stringMatching(/3 classes.*names 1/),
    });
    const given = Yolo.open(folder.write({ classes: 80 }), { names: ['a', 'b'] });
    await expect(given).rejects.toMatchObject({
      code: 'ERR_NAMES_MISMATCH',
      exitCode: 2,
      message: expect.stringMatching(/80 classes.*gives 2/),
    });
  });

  test('without metadata one class works and says so, several need names', async () => {
    await using yolo = await Yolo.open(folder.write({ metadata: false }));
    expect(yolo.model.classesOrigin).toBe('assumed');
    expect(yolo.model.warnings.join(' ')).toMatch(/only class is taken to be "coal"/);
    const several = folder.write({ classes: 3, metadata: false });
    await expect(Yolo.open(several)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/3 classes.*--names/),
    });
    await using named = await Yolo.open(several, { names: ['a', 'b', 'c'] });
    expect(named.model.classesOrigin).toBe('given');
  });

  test('rows whose class has no name end the run instead of being dropped', async () => {
    await using yolo = await Yolo.open(
      folder.write({ layout: 'rows', classes: 3, detections, metadata: false }),
    );
    await expect(measure(yolo, [640, 360], [whole], white)).rejects.toMatchObject({
      code: 'ERR_NAMES_MISMATCH',
    });
  });
});

describe('overlaps', () => {
  test.for([
    [
      [
        { box: [0, 0, 0.6, 1], score: 0.9, classId: 0 },
        { box: [0.4, 0, 1, 1], score: 0.8, classId: 0 },
      ],
      1,
    ],
    [
      [
        { box: [0.4, 0, 1, 1], score: 0.8, classId: 0 },
        { box: [0, 0, 0.6, 1], score: 0.9, classId: 0 },
      ],
      1,
    ],
    [
      [
        { box: [0, 0, 1, 1], score: 0.9, classId: 0 },
        { box: [0, 0, 1, 1], score: 0.9, classId: 0 },
      ],
      1,
    ],
    [
      [
        { box: [0, 0, 0.5, 1], score: 0.8, classId: 0 },
        { box: [0, 0, 1, 1], score: 0.9, classId: 1 },
      ],
      0.5,
    ],
  ] as const)('masks count once, other classes not at all: %j', async ([detections, expected]) => {
    await using yolo = await Yolo.open(folder.write({ classes: 2, detections: [...detections] }));
    const { coverage } = await measure(yolo, [640, 640], [whole], white, { classIds: [0] });
    expect(coverage[0]).toBeCloseTo(expected, 9);
  });

  test('rows are never suppressed again', async () => {
    const twice = [
      { box: [0, 0, 1, 1] as const, score: 0.9, classId: 0 },
      { box: [0, 0, 1, 0.9] as const, score: 0.8, classId: 0 },
    ];
    await using rows = await Yolo.open(folder.write({ layout: 'rows', detections: twice }));
    expect((await measure(rows, [320, 320], [whole], white)).detections.count).toBe(2);
    await using plain = await Yolo.open(folder.write({ detections: twice }));
    expect((await measure(plain, [320, 320], [whole], white)).detections.count).toBe(1);
  });
});

test('a detection model covers zones by its boxes and says so', async () => {
  const detections = [
    { box: [0, 0, 0.5, 1] as const, score: 0.9, classId: 0 },
    { box: [0.25, 0, 0.75, 1] as const, score: 0.8, classId: 0 },
  ];
  for (const layout of ['plain', 'transposed', 'objectness', 'rows'] as const) {
    await using yolo = await Yolo.open(
      folder.write({
        maskChannels: 0,
        layout,
        detections,
        metadata: layout === 'objectness' ? { task: undefined } : {},
      }),
    );
    expect(yolo.model.task).toBe('detect');
    expect(yolo.model.warnings.join(' ')).toMatch(/boxes without masks/);
    expect((await measure(yolo, [320, 320], [whole, leftHalf], white)).coverage).toEqual([0.75, 1]);
  }
});

describe('open sizes', () => {
  test('each source runs at its own aspect, as the exporter does it', async () => {
    await using yolo = await Yolo.open(folder.write({ dynamic: true, height: 640, width: 640 }));
    expect(yolo.model).toMatchObject({ dynamic: true, input: [640, 640] });
    expect(yolo.inputSizeFor(640, 480)).toEqual([480, 640]);
    expect(yolo.inputSizeFor(1920, 1080)).toEqual([384, 640]);
    expect(yolo.inputSizeFor(1080, 1920)).toEqual([640, 384]);
    expect(yolo.inputSizeFor(5000, 10)).toEqual([32, 640]);
  });

  test('a wanted size is taken, and refused where the file has another', async () => {
    await using yolo = await Yolo.open(folder.write({ dynamic: true }), { inputSize: [96, 128] });
    expect(yolo.model.input).toEqual([96, 128]);
    await expect(Yolo.open(folder.write(), { inputSize: [96, 128] })).rejects.toMatchObject({
      message: expect.stringMatching(/320x320.*96x128/),
    });
  });
});

describe('what cannot be used is refused in one sentence', () => {
  const refusals: [string, () => string, string, RegExp][] = [
    ['missing', () => join(folder.path, 'no.onnx'), 'ERR_MODEL_MISSING', /no\.onnx/],
    ['a directory', () => folder.path, 'ERR_MODEL_INVALID', /directory/],
    ['empty', () => folder.writeBytes('empty.onnx', ''), 'ERR_MODEL_INVALID', /empty/],
    [
      'text',
      () => folder.writeBytes('text.onnx', 'this is no model\n'),
      'ERR_MODEL_INVALID',
      /not an ONNX model/,
    ],
    [
      'cut short',
      () => folder.writeBytes('short.onnx', fileBytes({}).subarray(0, 500)),
      'ERR_MODEL_INVALID',
      /not an ONNX model/,
    ],
    ['float16 input', () => folder.write({ half: true }), 'ERR_MODEL_UNSUPPORTED', /float16.*float32 inputs/],
    ['opset 99', () => folder.write({ opset: 99 }), 'ERR_MODEL_UNSUPPORTED', /opset 99.*up to 26.*opset=17/],
    [
      'IR version 99',
      () => folder.write({ irVersion: 99 }),
      'ERR_MODEL_UNSUPPORTED',
      /IR version 99.*up to 13/,
    ],
    [
      'a pose model',
      () => folder.write({ metadata: { task: 'pose' } }),
      'ERR_MODEL_UNSUPPORTED',
      /pose.*detect and segment/,
    ],
    [
      'another network',
      () =>
        folder.write({
          maskChannels: 0,
          metadata: false,
          head: { dims: [1, 40, 6625], values: new Float32Array(40 * 6625) },
        }),
      'ERR_MODEL_UNSUPPORTED',
      /\[1, 40, 6625\].*supported are/,
    ],
    [
      'a classifier',
      () =>
        folder.write({
          maskChannels: 0,
          metadata: false,
          head: { dims: [1, 1000], values: new Float32Array(1000) },
        }),
      'ERR_MODEL_UNSUPPORTED',
      /\[1, 1000\]/,
    ],
    ['missing weights', () => withoutWeights(), 'ERR_MODEL_MISSING', /gone\.data/],
  ];

  test.for(refusals)('%s', async ([, path, code, message]) => {
    const error: unknown = await Yolo.open(path()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PlateauError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    // No line break, no source path of a build machine, no C++.
    expect((error as Error).message).not.toMatch(/\n|onnxruntime_src|\.cc\b|std::/);
    expect(ledger.bytesOf('OnnxSession')).toBe(0);
  });

  test.for(['head', 'prototypes'])('a NaN in its %s on a grey picture', async (part) => {
    const values = new Float32Array(part === 'head' ? 37 * 84 : 32 * 16 * 16);
    values[values.length - 1] = Number.NaN;
    const spoilt = part === 'head' ? { head: { dims: [1, 37, 84], values } } : { prototypes: values };
    const path = folder.write({ height: 64, width: 64, ...spoilt });
    await expect(Yolo.open(path)).rejects.toMatchObject({
      code: 'ERR_MODEL_VALUES',
      message: expect.stringMatching(/on a grey picture holds values that are no numbers/),
    });
  });

  test('a device that is not there', async () => {
    await expect(Yolo.open(folder.write(), { device: 'cuda' })).rejects.toMatchObject({
      code: 'ERR_DEVICE_UNAVAILABLE',
      message: expect.stringMatching(/cuda.*cpu/),
    });
  });
});

test('external data is found from any working directory', async () => {
  const path = folder.write({ externalData: 'beside.data' });
  await using yolo = await Yolo.open(relative(process.cwd(), path));
  expect((await measure(yolo, [640, 360], [whole], halfWhite)).coverage).toEqual([0.5]);
});

test('a head quantised more coarsely than its scores is a warning before the first frame', async () => {
  await using coarse = await Yolo.open(folder.write({ quantisedStep: 2.5 }));
  expect(coarse.model.warnings.join(' ')).toMatch(/steps of 2\.5/);
  await using fine = await Yolo.open(folder.write(layouts.at(-1)![1]));
  expect(fine.model.warnings.filter((warning) => warning.includes('quantised'))).toEqual([]);
});

test('scores without their sigmoid and boxes in fractions are warnings before the first frame', async () => {
  const warningsOf = async (box: readonly number[], score: number): Promise<string> => {
    const values = Float32Array.from([...box, score, ...new Array(32).fill(0)]);
    await using yolo = await Yolo.open(folder.write({ head: { dims: [1, 37, 1], values } }));
    return yolo.model.warnings.join(' ');
  };
  expect(await warningsOf([160, 160, 80, 80], 4.5)).toMatch(/4\.50 to 4\.50 instead of 0 to 1/);
  expect(await warningsOf([0.5, 0.5, 0.25, 0.25], 0.5)).toMatch(/fractions of the picture/);
  expect(await warningsOf([160, 160, 80, 80], 0.5)).not.toMatch(/sigmoid|fractions/);
});

describe('ownership', () => {
  test('a used-up output throws, twice disposed is harmless, and made equals released', async () => {
    const yolo = await Yolo.open(folder.write());
    const output = await yolo.run(yolo.bindInput(new Float32Array(3 * 320 * 320)));
    const head = output.head;
    expect(head.byteLength).toBeGreaterThan(0);
    output[Symbol.dispose]();
    output[Symbol.dispose]();
    expect(head.byteLength).toBe(0);
    expect(() => output.head).toThrow(TypeError);
    expect(() => output.inputWidth).toThrow(TypeError);
    expect(() => yolo.decode(output, { confidence: 0.5, iou: 0.7 }, new Detections(10, 32))).toThrow(
      TypeError,
    );
    expect(yolo.outputs).toEqual({ made: 1, released: 1 });
    expect(ledger.bytesOf('OnnxSession')).toBe(yolo.model.byteLength);
    await yolo[Symbol.asyncDispose]();
    await yolo[Symbol.asyncDispose]();
    expect(ledger.bytesOf('OnnxSession')).toBe(0);
    await expect(yolo.run(yolo.bindInput(new Float32Array(3 * 320 * 320)))).rejects.toThrow(TypeError);
  });

  test('an output that is disposed of twice, or late, leaves those of other runs alone', async () => {
    await using yolo = await Yolo.open(folder.write());
    const input = yolo.bindInput(new Float32Array(3 * 320 * 320));
    const first = await yolo.run(input);
    using second = await yolo.run(input);
    first[Symbol.dispose]();
    expect(second.head.byteLength).toBeGreaterThan(0);
    using third = await yolo.run(input);
    first[Symbol.dispose]();
    expect(third.head.byteLength).toBeGreaterThan(0);
    expect(yolo.outputs).toEqual({ made: 3, released: 1 });
  });

  test('a run gives the event loop a turn, so that its caller need not', async () => {
    await using yolo = await Yolo.open(folder.write());
    const input = yolo.bindInput(new Float32Array(3 * 320 * 320));
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    yolo.finish(input, await yolo.start(input))[Symbol.dispose]();
    expect(turned).toBe(true);
  });

  test('settings that would find nothing in any picture are refused', async () => {
    await using yolo = await Yolo.open(folder.write({ height: 64, width: 64, classes: 2 }));
    using output = await yolo.run(yolo.bindInput(new Float32Array(3 * 64 * 64)));
    const good = { confidence: 0.5, iou: 0.7 };
    const decode = (settings: object) =>
      yolo.decode(output, { ...good, ...settings }, new Detections(5, yolo.model.maskChannels));
    for (const confidence of [Number.NaN, undefined, -0.1, 50])
      expect(() => decode({ confidence })).toThrow(/^confidence must lie within/);
    for (const iou of [Number.NaN, undefined, -0.1, 1.1])
      expect(() => decode({ iou })).toThrow(/^iou must lie within/);
    for (const id of [-1, 2, 0.5, Number.NaN])
      expect(() => decode({ classIds: [0, id] })).toThrow(/^classIds has .*classes are 0 to 1/);
    decode({ classIds: [] });
    decode({ classIds: [0, 1], confidence: 0, iou: 1 });
  });

  test('options that are no numbers, or no size, are refused by name', async () => {
    const path = folder.write({ height: 64, width: 64, dynamic: true });
    for (const memoryLimitBytes of [0, -1, 0.5, Number.NaN, Infinity])
      await expect(Yolo.open(path, { memoryLimitBytes })).rejects.toThrow(/^memoryLimitBytes is/);
    for (const inputSize of [[0, 64], [-32, 32], [Number.NaN, 64], [32.5, 64], [64], 'ab'])
      await expect(Yolo.open(path, { inputSize: inputSize as never })).rejects.toThrow(/^inputSize must be/);
    expect(ledger.bytesOf('OnnxSession')).toBe(0);
  });

  test('pixels of another size are refused', async () => {
    await using yolo = await Yolo.open(folder.write());
    expect(() => yolo.bindInput(new Float32Array(12))).toThrow(RangeError);
    expect(() => yolo.bindInput(new Float32Array(3 * 64 * 64), [64, 64])).toThrow(RangeError);
  });

  test('more detections than there is room for: the strongest stay, the rest is counted', async () => {
    const detections = Array.from({ length: 20 }, (_, index) => ({
      box: [index / 20, 0, (index + 1) / 20, 1] as const,
      score: 0.6 + index / 100,
      classId: 0,
    }));
    await using yolo = await Yolo.open(folder.write({ detections }));
    using output = await yolo.run(yolo.bindInput(new Float32Array(3 * 320 * 320)));
    const few = new Detections(5, 32);
    yolo.decode(output, { confidence: 0.5, iou: 0.7 }, few);
    expect([few.count, few.overflow]).toEqual([5, 15]);
    expect(few.confidence[4]).toBeCloseTo(0.75, 6);
  });
});

function fileBytes(options: KnownAnswerOptions): Uint8Array {
  return knownAnswerModel(options).model;
}

function withoutWeights(): string {
  const path = folder.write({ externalData: 'gone.data' });
  rmSync(join(folder.path, 'gone.data'));
  return path;
}
