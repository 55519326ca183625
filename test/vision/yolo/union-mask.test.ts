import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Detections } from '../../../src/vision/yolo/detections.ts';
import { UnionMask } from '../../../src/vision/yolo/union-mask.ts';
import { YoloOutput } from '../../../src/vision/yolo/yolo-output.ts';

interface Scene {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  readonly channels: number;
  readonly prototypes: Float32Array;
  readonly coefficients: Float32Array;
  readonly box: readonly [number, number, number, number];
  readonly region: { left: number; top: number; right: number; bottom: number } | undefined;
}

const number = fc.integer({ min: -1000, max: 1000 }).map((value) => value / 256);

const scenes = fc
  .record({
    columns: fc.integer({ min: 1, max: 20 }),
    rows: fc.integer({ min: 1, max: 20 }),
    widthPerCell: fc.constantFrom(1, 2, 3, 4, 4, 4, 8, 2.5, 3.7),
    channels: fc.integer({ min: 1, max: 9 }),
  })
  .chain(({ columns, rows, widthPerCell, channels }) => {
    const width = Math.max(1, Math.round(columns * widthPerCell));
    const height = Math.max(1, Math.round(rows * widthPerCell));
    const values = columns * rows * channels;
    const place = fc.tuple(
      fc.double({ min: -5, max: 1.2, noNaN: true }),
      fc.double({ min: -0.2, max: 1.2, noNaN: true }),
    );
    return fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      columns: fc.constant(columns),
      rows: fc.constant(rows),
      channels: fc.constant(channels),
      prototypes: fc
        .array(number, { minLength: values, maxLength: values })
        .map((list) => Float32Array.from(list)),
      coefficients: fc
        .array(number, { minLength: channels, maxLength: channels })
        .map((list) => Float32Array.from(list)),
      box: fc
        .tuple(place, place)
        .map(([[a, b], [c, d]]): Scene['box'] => [
          Math.fround(Math.min(a, c) * width),
          Math.fround(Math.min(b, d) * height),
          Math.fround(Math.max(a, c) * width),
          Math.fround(Math.max(b, d) * height),
        ]),
      region: fc.option(
        fc.record({ left: fc.nat(width), top: fc.nat(height), right: fc.nat(width), bottom: fc.nat(height) }),
        { nil: undefined },
      ),
    });
  });

function outputOf(scene: Scene, prototypes: Float32Array | undefined): YoloOutput {
  const dims = [1, scene.channels, scene.rows, scene.columns];
  const tensors = {
    inputHeight: scene.height,
    inputWidth: scene.width,
    anchors: 1,
    head: { dims: [], data: new Float32Array(0), dispose: () => undefined },
    prototypes: prototypes === undefined ? undefined : { dims, data: prototypes, dispose: () => undefined },
  };
  return new YoloOutput(tensors, () => undefined);
}

function detectionOf(scene: Scene): Detections {
  const detections = new Detections(1, scene.channels);
  detections.xyxy.set(scene.box);
  detections.coefficients.set(scene.coefficients);
  detections.count = 1;
  return detections;
}

/** The plain way: all logits, all pixels, one after the other. */
function logitAt(scene: Scene, x: number, y: number): number {
  const logit = (row: number, column: number): number => {
    let sum = 0;
    for (let channel = 0; channel < scene.channels; channel++) {
      sum +=
        scene.coefficients[channel]! *
        scene.prototypes[(channel * scene.rows + row) * scene.columns + column]!;
    }
    return sum;
  };
  const split = (pixel: number, pixels: number, cells: number): [number, number, number] => {
    const place = Math.max(0, ((pixel + 0.5) * cells) / pixels - 0.5);
    const low = Math.min(cells - 1, Math.floor(place));
    return [low, Math.min(cells - 1, low + 1), place - low];
  };
  const [left, right, across] = split(x, scene.width, scene.columns);
  const [top, bottom, down] = split(y, scene.height, scene.rows);
  const upper = logit(top, left) * (1 - across) + logit(top, right) * across;
  const lower = logit(bottom, left) * (1 - across) + logit(bottom, right) * across;
  return upper * (1 - down) + lower * down;
}

const inBox = ({ box: [x1, y1, x2, y2], region }: Scene, x: number, y: number): boolean =>
  x1 <= x &&
  x < x2 &&
  y1 <= y &&
  y < y2 &&
  (region === undefined || (region.left <= x && x < region.right && region.top <= y && y < region.bottom));

describe('the union mask', () => {
  test('is the upsampled mask cut to box and region, pixel by pixel', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const union = new UnionMask(scene.width, scene.height);
        const painted = union.add(detectionOf(scene), 0, outputOf(scene, scene.prototypes), scene.region);
        let pixels = 0;
        const wrong: string[] = [];
        for (let y = 0; y < scene.height; y++) {
          for (let x = 0; x < scene.width; x++) {
            const logit = inBox(scene, x, y) ? logitAt(scene, x, y) : -1;
            if (Math.abs(logit) > 1e-9 && union.has(x, y) !== logit > 0) wrong.push(`${x},${y}: ${logit}`);
            if (union.has(x, y)) pixels += 1;
          }
        }
        expect(wrong).toEqual([]);
        expect(painted).toBe(pixels);
      }),
      { numRuns: 300 },
    );
  });

  test('without prototypes it is the box itself', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const union = new UnionMask(scene.width, scene.height);
        union.add(detectionOf(scene), 0, outputOf(scene, undefined), scene.region);
        let wrong = 0;
        for (let y = 0; y < scene.height; y++) {
          for (let x = 0; x < scene.width; x++) if (union.has(x, y) !== inBox(scene, x, y)) wrong += 1;
        }
        expect(wrong).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('does not depend on the order in which masks are added', () => {
    fc.assert(
      fc.property(scenes, fc.array(number, { minLength: 9, maxLength: 9 }), (scene, other) => {
        const first = detectionOf({ ...scene, region: undefined });
        const second = detectionOf({
          ...scene,
          coefficients: Float32Array.from(other.slice(0, scene.channels)),
        });
        const [a, b] = [new UnionMask(scene.width, scene.height), new UnionMask(scene.width, scene.height)];
        const output = outputOf(scene, scene.prototypes);
        for (const detections of [first, second]) a.add(detections, 0, output);
        for (const detections of [second, first]) b.add(detections, 0, output);
        expect(a.words).toEqual(b.words);
      }),
      { numRuns: 100 },
    );
  });

  test('values that are no numbers cover nothing and hang nothing', () => {
    const scene: Scene = {
      width: 16,
      height: 16,
      columns: 4,
      rows: 4,
      channels: 1,
      region: undefined,
      prototypes: new Float32Array(16).fill(1),
      coefficients: Float32Array.of(1),
      box: [Number.NaN, 0, 16, 16],
    };
    for (const box of [
      [Number.NaN, 0, 16, 16],
      [0, 0, Number.NaN, 16],
      [5, 5, 5, 9],
      [9, 9, 3, 3],
    ] as const) {
      expect(
        new UnionMask(16, 16).add(detectionOf({ ...scene, box }), 0, outputOf(scene, scene.prototypes)),
      ).toBe(0);
    }
    const endless = { ...scene, box: [-Infinity, -1e30, Infinity, 1e30] as const };
    expect(new UnionMask(16, 16).add(detectionOf(endless), 0, outputOf(scene, scene.prototypes))).toBe(256);
    const nan = { ...scene, box: [0, 0, 16, 16] as const, coefficients: Float32Array.of(Number.NaN) };
    expect(new UnionMask(16, 16).add(detectionOf(nan), 0, outputOf(scene, scene.prototypes))).toBe(0);
  });

  test('a copy stays as it was and a cleared mask is empty', () => {
    const union = new UnionMask(40, 2);
    expect(union.fill(30, 0, 35, 2)).toBe(10);
    const copy = union.copy();
    union.clear();
    expect(union.has(31, 1)).toBe(false);
    expect(copy).toMatchObject({ width: 40, height: 2 });
    expect(copy.words.some((word) => word !== 0)).toBe(true);
  });

  test('a run of another size is refused', () => {
    const scene: Scene = {
      width: 16,
      height: 16,
      columns: 4,
      rows: 4,
      channels: 1,
      region: undefined,
      prototypes: new Float32Array(16),
      coefficients: Float32Array.of(1),
      box: [0, 0, 8, 8],
    };
    const run = (prototypes: Float32Array | undefined) => () =>
      new UnionMask(32, 32).add(detectionOf(scene), 0, outputOf(scene, prototypes));
    expect(run(scene.prototypes)).toThrow(RangeError);
    // A model without masks has no prototypes by which a wrong size would show.
    expect(run(undefined)).toThrow(RangeError);
    for (const index of [-1, 1, Number.NaN, 0.5 + 1])
      expect(() => new UnionMask(16, 16).add(detectionOf(scene), index, outputOf(scene, undefined))).toThrow(
        /there is no detection/,
      );
  });

  test('a size that is none is refused', () => {
    for (const [width, height] of [
      [0, 8],
      [8, 10.5],
      [8, Number.NaN],
    ] as const)
      expect(() => new UnionMask(width, height)).toThrow(RangeError);
  });
});
