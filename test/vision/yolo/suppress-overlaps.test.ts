import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Detections } from '../../../src/vision/yolo/detections.ts';
import { isSuppressed } from '../../../src/vision/yolo/suppress-overlaps.ts';

interface Found {
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
  readonly classId?: number;
}

/** Whether the last one is suppressed by those before it. */
function suppressed(found: readonly Found[], iou: number): boolean {
  const detections = new Detections(found.length, 0);
  for (const [slot, { box, classId = 0 }] of found.entries()) {
    detections.xyxy.set(box, 4 * slot);
    detections.classId[slot] = classId;
  }
  return isSuppressed(detections, found.length - 1, found.length - 1, { confidence: 0, iou });
}

describe('a detection', () => {
  test('is suppressed by an overlap above the threshold, not by one that equals it', () => {
    const half: Found[] = [{ box: [0, 0, 8, 8] }, { box: [0, 0, 8, 4] }];
    expect(suppressed(half, 0.5)).toBe(false);
    expect(suppressed(half, 0.49)).toBe(true);
    expect(suppressed(half.toReversed(), 0.49)).toBe(true);
  });

  test('is suppressed by any kept one of its own class, and by none of another', () => {
    const far: Found = { box: [50, 50, 60, 60] };
    const same: Found = { box: [0, 0, 8, 8] };
    expect(suppressed([far, same, far, same], 0.5)).toBe(true);
    expect(suppressed([far, { ...same, classId: 1 }, far, same], 0.5)).toBe(false);
  });

  test('alone, beside another, or without an area is never suppressed', () => {
    const box: Found = { box: [0, 0, 8, 8] };
    expect(suppressed([box], 0)).toBe(false);
    expect(suppressed([box, { box: [8, 0, 16, 8] }], 0)).toBe(false);
    expect(suppressed([box, { box: [0, 8, 8, 16] }], 0)).toBe(false);
    expect(suppressed([box, { box: [4, 4, 4, 4] }], 0)).toBe(false);
    expect(suppressed([box, { box: [0, 0, Number.NaN, 8] }], 0)).toBe(false);
  });

  test('of a high class is compared where that class lies, in float32, as the exporters’ tool does it', () => {
    // At 79 times 7680 float32 tells no more than sixteenths of a pixel apart: the two boxes are one there.
    const shifted: Found[] = [{ box: [0, 0, 10, 10] }, { box: [0.03, 0, 10.03, 10] }];
    expect(suppressed(shifted, 0.999)).toBe(false);
    expect(
      suppressed(
        shifted.map((one) => ({ ...one, classId: 79 })),
        0.999,
      ),
    ).toBe(true);
  });

  test('of whole pixels is compared by shared pixels over all pixels, whatever its class', () => {
    const side = fc.integer({ min: 1, max: 6 });
    const boxes = fc
      .tuple(fc.nat(6), fc.nat(6), side, side)
      .map(([x, y, w, h]): Found['box'] => [x, y, x + w, y + h]);
    const pixels = ([left, top, right, bottom]: Found['box']): Set<number> => {
      const set = new Set<number>();
      for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) set.add(100 * y + x);
      return set;
    };
    fc.assert(
      fc.property(
        boxes,
        boxes,
        fc.nat(79),
        fc.constantFrom(0, 0.1, 0.45, 0.7),
        (one, other, classId, iou) => {
          const [a, b] = [pixels(one), pixels(other)];
          const share = a.intersection(b).size / a.union(b).size;
          expect(
            suppressed(
              [
                { box: one, classId },
                { box: other, classId },
              ],
              iou,
            ),
          ).toBe(Math.fround(share) > iou);
        },
      ),
      { numRuns: 300 },
    );
  });
});
