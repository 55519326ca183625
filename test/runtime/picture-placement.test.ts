import { describe, expect, test } from 'vitest';
import { PicturePlacement } from '../../src/runtime/picture-placement.ts';

const corner = {
  name: 'corner',
  space: 'pixels' as const,
  points: [
    [0, 0],
    [100, 0],
    [100, 100],
    [0, 100],
  ] as const,
};
const plan = { input: [640, 640] as const, dynamic: true, stride: 32, cropTo: null };
const shape = ({ inputHeight, inputWidth }: { inputHeight: number; inputWidth: number }): number[] => [
  inputHeight,
  inputWidth,
];

describe('where pictures lie in the model input', () => {
  test('a model of open size gets the shape that the exporter chooses for the source', () => {
    const placement = new PicturePlacement(plan);
    expect(shape(placement.of(640, 480))).toEqual([480, 640]);
    expect(shape(placement.of(1920, 1080))).toEqual([384, 640]);
    expect(shape(placement.of(1080, 1920))).toEqual([640, 384]);
  });

  test('no shape is larger than the largest, which the ring is made for', () => {
    const placement = new PicturePlacement(plan);
    for (let width = 33; width < 4000; width += 97) {
      const [height, across] = shape(placement.of(width, 1080));
      expect(height * across).toBeLessThanOrEqual(640 * 640);
    }
  });

  test('a model of fixed size keeps it', () => {
    expect(shape(new PicturePlacement({ ...plan, dynamic: false }).of(1920, 1080))).toEqual([640, 640]);
  });

  test('the same size gives the same object', () => {
    const placement = new PicturePlacement(plan);
    expect(placement.of(640, 480)).toBe(placement.of(640, 480));
    expect(placement.of(640, 480)).not.toBe(placement.of(640, 360));
  });

  test('a crop decides the shape of an open model', () => {
    const box = new PicturePlacement({ ...plan, cropTo: [corner] }).of(1920, 600);
    expect(box.crop).toEqual({ left: 0, top: 0, width: 640, height: 600 });
    expect(shape(box)).toEqual([608, 640]);
  });

  test('zones in pixels follow a source that changes its size', () => {
    const placement = new PicturePlacement({ ...plan, input: [64, 64], dynamic: false, cropTo: [corner] });
    expect(placement.of(1000, 1000).crop).toMatchObject({ left: 0, width: 152 });
    expect(placement.of(2000, 2000).crop).toMatchObject({ left: 0, width: 304 });
  });
});
