import fc from 'fast-check';
import { expect, test } from 'vitest';
import { letterbox } from '../../../src/vision/letterbox.ts';
import { maskPolygons, type Outline } from '../../../src/vision/yolo/mask-polygons.ts';
import { UnionMask } from '../../../src/vision/yolo/union-mask.ts';

const side = 64;
const box = letterbox(side, side, side, side);

function areaOf(outline: Outline): number {
  let twice = 0;
  for (const [i, [x, y]] of outline.entries()) {
    const [nx, ny] = outline[(i + 1) % outline.length];
    twice += x * ny - nx * y;
  }
  return Math.abs(twice / 2) * side * side;
}

function maskOf(...rectangles: [x1: number, y1: number, x2: number, y2: number][]): UnionMask {
  const mask = new UnionMask(side, side);
  for (const rectangle of rectangles) mask.fill(...rectangle);
  return mask;
}

test('a rectangle becomes its four corners', () => {
  const [outline] = maskPolygons(maskOf([8, 16, 40, 48]), box);
  expect(outline.map(([x, y]) => [x * side, y * side])).toEqual([
    [8, 16],
    [40, 16],
    [40, 48],
    [8, 48],
  ]);
});

test('a mask that fills the picture becomes the whole picture', () => {
  const [outline] = maskPolygons(maskOf([0, 0, side, side]), box);
  expect(areaOf(outline)).toBeCloseTo(side * side, 6);
});

test('regions that do not touch become outlines of their own, and specks none', () => {
  expect(maskPolygons(maskOf([2, 2, 20, 20], [30, 30, 50, 50], [60, 60, 62, 62]), box)).toHaveLength(2);
});

test('regions that meet at a corner only stay apart', () => {
  const outlines = maskPolygons(maskOf([0, 0, 10, 10], [10, 10, 20, 20]), box);
  expect(outlines.map((outline) => Math.round(areaOf(outline)))).toEqual([100, 100]);
});

test('a hole is filled, and an L keeps its notch', () => {
  const ring = maskOf([0, 0, 40, 10], [0, 30, 40, 40], [0, 0, 10, 40], [30, 0, 40, 40]);
  expect(maskPolygons(ring, box).map((outline) => Math.round(areaOf(outline)))).toEqual([1600]);
  const notched = maskOf([0, 0, 10, 40], [0, 30, 40, 40]);
  expect(Math.round(areaOf(maskPolygons(notched, box)[0]))).toBe(400 + 300);
});

test('the letterbox is taken off: a mask over the picture of a wide source is the whole picture', () => {
  const wide = letterbox(128, 64, side, side);
  const [outline] = maskPolygons(maskOf([0, wide.top, side, wide.top + wide.scaledHeight]), wide);
  expect(outline).toEqual([
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]);
});

test('for any union of rectangles the outline ends, lies in the picture, and loses at most its simplified rim', () => {
  const rectangle = fc.tuple(
    fc.nat(50),
    fc.nat(50),
    fc.integer({ min: 5, max: 30 }),
    fc.integer({ min: 5, max: 30 }),
  );
  fc.assert(
    fc.property(fc.array(rectangle, { minLength: 1, maxLength: 6 }), (given) => {
      const mask = maskOf(
        ...given.map(
          ([x, y, w, h]) =>
            [x, y, Math.min(side, x + w), Math.min(side, y + h)] as [number, number, number, number],
        ),
      );
      const outlines = maskPolygons(mask, box);
      let pixels = 0;
      for (let y = 0; y < side; y += 1) for (let x = 0; x < side; x += 1) pixels += mask.has(x, y) ? 1 : 0;
      const area = outlines.reduce((sum, outline) => sum + areaOf(outline), 0);
      // Holes are filled, so the area may be larger; what simplifying takes is less than a pixel along the rim.
      expect(area).toBeGreaterThan(
        pixels - 0.75 * outlines.reduce((sum, outline) => sum + outline.length * 8, 0) - 16 * 6,
      );
      for (const [x, y] of outlines.flat()) expect(x >= 0 && x <= 1 && y >= 0 && y <= 1).toBe(true);
    }),
  );
});
