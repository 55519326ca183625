import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Point } from '../../../src/vision/zones/polygon.ts';
import { PolygonZone } from '../../../src/vision/zones/polygon-zone.ts';
import { windsBothWays } from '../../../src/vision/zones/winding.ts';

/** Two triangles that share the corner 20,20: the second one is walked as `turned` says. */
const twoTriangles = (turned: boolean): Point[] => {
  const second: Point[] = [
    [60, 60],
    [60, 10],
  ];
  return [[0, 0], [20, 20], ...(turned ? second : second.toReversed()), [20, 20], [0, 30]];
};

const corners = fc.array(fc.double({ min: 0.5, max: 19, noNaN: true }), { minLength: 3, maxLength: 30 });

describe('a polygon that winds both ways', () => {
  test('is an eight whose lines cross in a corner of both', () => {
    expect(windsBothWays(twoTriangles(true))).toBe(true);
    expect(() => new PolygonZone({ name: 'chute', points: twoTriangles(true), space: 'pixels' })).toThrow(
      'Zone "chute" crosses itself at one of its corners; give the points in order around it.',
    );
  });

  test('is one whose line passes through a corner of another', () => {
    const points: Point[] = [
      [0, 0],
      [5, 5],
      [30, 30],
      [30, -20],
      [0, 10],
    ];
    expect(windsBothWays(points)).toBe(true);
    expect(windsBothWays(points.toReversed())).toBe(true);
  });

  test('is none that only touches itself, in a corner or along a cut to a hole', () => {
    expect(windsBothWays(twoTriangles(false))).toBe(false);
    const withHole: Point[] = [
      [0, 0],
      [40, 0],
      [40, 40],
      [0, 40],
      [0, 0],
      [10, 10],
      [10, 30],
      [30, 30],
      [30, 10],
      [10, 10],
    ];
    expect(windsBothWays(withHole)).toBe(false);
    expect(windsBothWays(withHole.toReversed())).toBe(false);
  });

  test('is none whose points go around a middle, wherever it lies and however large it is', () => {
    fc.assert(
      fc.property(
        corners,
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.constantFrom(1e-3, 1, 1e4),
        (radii, middle, scale) => {
          const points = radii.map((radius, index): Point => {
            const angle = (2 * Math.PI * index) / radii.length;
            return [middle + scale * radius * Math.cos(angle), scale * radius * Math.sin(angle) - middle];
          });
          expect(windsBothWays(points)).toBe(false);
        },
      ),
    );
  });

  test('is none without an area', () => {
    expect(windsBothWays([])).toBe(false);
    expect(
      windsBothWays([
        [0, 0],
        [5, 0],
        [9, 0],
      ]),
    ).toBe(false);
  });
});
