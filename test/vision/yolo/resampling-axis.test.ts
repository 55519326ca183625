import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResamplingAxis } from '../../../src/vision/yolo/resampling-axis.ts';

/** What the axis makes of prototype values, the last one repeated. */
function upsampled(values: readonly number[], pixels: number): number[] {
  const { cellOf, weight } = new ResamplingAxis(pixels, values.length);
  return Array.from({ length: pixels }, (_, pixel) => {
    const cell = cellOf[pixel]!;
    const second = values[Math.min(cell + 1, values.length - 1)]!;
    return values[cell]! * (1 - weight[pixel]!) + second * weight[pixel]!;
  });
}

describe('upsampling along one axis', () => {
  // PyTorch's own interpolate(mode='linear', align_corners=False).
  test.for([
    [[0, 1], 4, [0, 0.25, 0.75, 1]],
    [[0, 1, 2], 3, [0, 1, 2]],
    [[5], 3, [5, 5, 5]],
    [[0, 10, 20, 30], 2, [5, 25]],
  ] as [number[], number, number[]][])('%j to %i pixels is %j', ([values, pixels, expected]) => {
    expect(upsampled(values, pixels)).toEqual(expected);
  });

  const sizes = [fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 40 })] as const;

  test('a rising line stays one, at half-pixel centres, flat beyond the outer values', () => {
    fc.assert(
      fc.property(...sizes, (pixels, cells) => {
        const line = Array.from({ length: cells }, (_, cell) => cell + 0.5);
        for (const [pixel, value] of upsampled(line, pixels).entries()) {
          const centre = ((pixel + 0.5) / pixels) * cells;
          expect(value).toBeCloseTo(Math.min(cells - 0.5, Math.max(0.5, centre)), 9);
        }
      }),
    );
  });

  test('the pixels of a cell are those from its start to the start of the next, and all have a weight', () => {
    fc.assert(
      fc.property(...sizes, (pixels, cells) => {
        const { cellOf, start, weight } = new ResamplingAxis(pixels, cells);
        expect(start[0]).toBe(0);
        expect(start[cells]).toBe(pixels);
        for (let cell = 0; cell < cells; cell += 1) {
          const of = [...cellOf.keys()].filter((pixel) => cellOf[pixel] === cell);
          const [from, to] = [start[cell]!, start[cell + 1]!];
          expect(of).toEqual(Array.from({ length: to - from }, (_, index) => from + index));
        }
        expect(weight.every((one) => one >= 0 && one < 1)).toBe(true);
      }),
    );
  });
});
