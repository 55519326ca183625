import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { letterbox } from '../../../src/vision/letterbox.ts';
import { UnionMask } from '../../../src/vision/yolo/union-mask.ts';
import { type Point, signedArea } from '../../../src/vision/zones/polygon.ts';
import { PolygonZone, type ZoneDefinition } from '../../../src/vision/zones/polygon-zone.ts';
import { ZoneCoverage } from '../../../src/vision/zones/zone-coverage.ts';
import { ZoneRaster } from '../../../src/vision/zones/zone-raster.ts';

const plain = (width: number, height: number) => letterbox(width, height, width, height);
const pixels = (points: readonly Point[], name = 'zone'): ZoneDefinition => ({
  name,
  points,
  space: 'pixels',
});
const raster = (points: readonly Point[], width = 100, height = 80): ZoneRaster =>
  new ZoneRaster(new PolygonZone(pixels(points)), plain(width, height));

function coverage(
  definitions: readonly ZoneDefinition[],
  union: UnionMask,
  width = union.width,
  height = union.height,
): number[] {
  const zones = definitions.map((definition) => new PolygonZone(definition));
  const out = new Float64Array(zones.length);
  new ZoneCoverage({ zones, letterbox: letterbox(width, height, union.width, union.height) }).measure(
    union,
    out,
  );
  return Array.from(out);
}

const full = (width: number, height: number): UnionMask => {
  const union = new UnionMask(width, height);
  union.fill(0, 0, width, height);
  return union;
};

/** Twenty teeth hanging from a bar, each a triangle: concave at forty corners. */
const comb: Point[] = [
  [2, 2],
  [98, 2],
  ...Array.from({ length: 20 }, (_, tooth): Point[] => [
    [98 - 4.8 * tooth, 6],
    [95.6 - 4.8 * tooth, 78],
  ]).flat(),
  [2, 6],
];
/** A U: the notch from 40 to 60 is open at the top. */
const notched: Point[] = [
  [10, 10],
  [40, 10],
  [40, 60],
  [60, 60],
  [60, 10],
  [90, 10],
  [90, 70],
  [10, 70],
];

/** Simple polygons: points around a centre, each at its own angle and distance. */
const stars = fc
  .record({
    x: fc.double({ min: 20, max: 80, noNaN: true }),
    y: fc.double({ min: 20, max: 60, noNaN: true }),
    radii: fc.array(fc.double({ min: 0.5, max: 19, noNaN: true }), { minLength: 3, maxLength: 30 }),
    turn: fc.double({ min: 0, max: 6, noNaN: true }),
  })
  .map(({ x, y, radii, turn }): Point[] =>
    radii.map((radius, index) => {
      const angle = turn + (2 * Math.PI * index) / radii.length;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    }),
  );

describe('the raster of a zone', () => {
  test('has the area of the shoelace formula', () => {
    fc.assert(
      fc.property(stars, (points) => {
        expect(raster(points).area).toBeCloseTo(Math.abs(signedArea(points)), 6);
      }),
      { numRuns: 500 },
    );
    for (const points of [comb, notched])
      expect(raster(points).area).toBeCloseTo(Math.abs(signedArea(points)), 8);
  });

  test('has in each pixel the share that lies inside', () => {
    const { area, interiorPixels, edgeShare, region } = raster(
      [
        [1.25, 1],
        [4, 1],
        [4, 3.5],
        [1.25, 3.5],
      ],
      8,
      8,
    );
    expect(interiorPixels).toBe(4);
    expect(Array.from(edgeShare)).toEqual([0.75, 0.75, 0.375, 0.5, 0.5]);
    expect(area).toBeCloseTo(2.75 * 2.5, 12);
    expect(region).toEqual({ left: 1, top: 1, right: 4, bottom: 4 });
  });

  test('direction and repeated points make no difference', () => {
    fc.assert(
      fc.property(stars, fc.nat(), (points, where) => {
        const at = where % points.length;
        const doubled = [...points.slice(0, at), points[at]!, points[at]!, ...points.slice(at)];
        const one = raster(points);
        for (const same of [points.toReversed(), doubled, [...points, points[0]!]]) {
          const other = raster(same);
          expect(other.interior).toEqual(one.interior);
          expect(other.area).toBeCloseTo(one.area, 9);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('zones along one edge share no area and leave none out', () => {
    const place = fc.double({ min: 0, max: 80, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 99, noNaN: true }),
        fc.double({ min: 1, max: 99, noNaN: true }),
        place,
        (top, bottom, y) => {
          const left = raster([
            [0, 0],
            [top, 0],
            [(top + bottom) / 2 + 0.3, y],
            [bottom, 80],
            [0, 80],
          ]);
          const right = raster([
            [top, 0],
            [100, 0],
            [100, 80],
            [bottom, 80],
            [(top + bottom) / 2 + 0.3, y],
          ]);
          expect(left.area + right.area).toBeCloseTo(8000, 6);
          const shares = new Float64Array(8000);
          for (const one of [left, right]) {
            for (const [index, share] of one.edgeShare.entries()) {
              shares[
                Math.floor(one.edgeWord[index]! / 4) * 100 +
                  (one.edgeWord[index]! % 4) * 32 +
                  one.edgeBit[index]!
              ]! += share;
            }
          }
          // A pixel on the common edge is shared out, never given twice.
          expect(Math.max(...shares)).toBeLessThanOrEqual(1 + 1e-9);
          for (const [word, bits] of left.interior.entries()) expect(bits & right.interior[word]!).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('any polygon over any edge of the picture is cut to it', () => {
    const place = fc.double({ min: -300, max: 400, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place), { minLength: 3, maxLength: 8 }), (points) => {
        let made: ZoneRaster;
        try {
          made = raster(points);
        } catch (error) {
          expect(error).toMatchObject({
            code: 'ERR_ZONE_INVALID',
            message: expect.stringContaining('"zone"'),
          });
          return;
        }
        expect(made.area).toBeGreaterThan(0);
        expect(made.area).toBeLessThanOrEqual(8000 + 1e-6);
        expect(made.coveredBy(full(100, 80).words)).toBeCloseTo(1, 9);
      }),
      { numRuns: 1000 },
    );
  });

  test('what the letterbox adds belongs to no zone', () => {
    const everything = new PolygonZone({
      name: 'all',
      space: 'fractions',
      points: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (width, height) => {
        const box = letterbox(width, height, 64, 48);
        const { area, interiorPixels } = new ZoneRaster(everything, box);
        expect(interiorPixels).toBe(box.scaledWidth * box.scaledHeight);
        expect(area).toBe(interiorPixels);
      }),
    );
  });
});

describe('coverage', () => {
  test('of a notch by what lies in it is none (C35)', () => {
    const union = new UnionMask(100, 80);
    union.fill(40, 0, 60, 60);
    expect(coverage([pixels(notched)], union)).toEqual([0]);
    union.fill(0, 0, 100, 80);
    expect(coverage([pixels(notched)], union)).toEqual([1]);
  });

  test('the whole picture, the same in fractions, and a zone over the edge are all full on white (C34)', () => {
    const zones: ZoneDefinition[] = [
      pixels([
        [0, 0],
        [640, 0],
        [640, 360],
        [0, 360],
      ]),
      {
        name: 'fractions',
        space: 'fractions',
        points: [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
      },
      pixels([
        [-50, -50],
        [700, -50],
        [700, 700],
        [-50, 700],
      ]),
    ];
    const union = new UnionMask(320, 320);
    union.fill(0, 70, 320, 250);
    expect(coverage(zones, union, 640, 360)).toEqual([1, 1, 1]);
  });

  test('is the covered share of the area, whatever the zone', () => {
    fc.assert(
      fc.property(stars, fc.integer({ min: 0, max: 100 }), fc.boolean(), (points, cut, across) => {
        const union = new UnionMask(100, 80);
        if (across) union.fill(0, 0, cut, 80);
        else union.fill(0, 0, 100, Math.min(cut, 80));
        const edge: Point[] = across
          ? [
              [0, 0],
              [cut, 0],
              [cut, 80],
              [0, 80],
            ]
          : [
              [0, 0],
              [100, 0],
              [100, Math.min(cut, 80)],
              [0, Math.min(cut, 80)],
            ];
        const inside = cut === 0 ? 0 : areaWithin(points, edge);
        expect(coverage([pixels(points)], union)[0]).toBeCloseTo(inside / Math.abs(signedArea(points)), 6);
      }),
      { numRuns: 300 },
    );
  });

  test('a mask of another size is refused', () => {
    const zones = [new PolygonZone(pixels(notched))];
    const measure = new ZoneCoverage({ zones, letterbox: plain(100, 80) });
    expect(() => measure.measure(new UnionMask(64, 64), new Float64Array(1))).toThrow(RangeError);
  });
});

describe('a zone is checked', () => {
  test.for([
    [
      [
        [0, 0],
        [5, 5],
      ],
      /2 different points/,
    ],
    [
      [
        [0, 0],
        [0, 0],
        [5, 5],
        [5, 5],
      ],
      /2 different points/,
    ],
    [
      [
        [0, 0],
        [5, 5],
        [10, 10],
      ],
      /no area/,
    ],
    [
      [
        [0, 0],
        [10, 10],
        [10, 0],
        [0, 10],
      ],
      /crosses itself/,
    ],
    [
      [
        [0, 0],
        [Number.NaN, 1],
        [1, 1],
      ],
      /no place/,
    ],
  ] as [Point[], RegExp][])('%j', ([points, message]) => {
    expect(() => new PolygonZone(pixels(points, 'chute'))).toThrow(message);
    expect(() => new PolygonZone(pixels(points, 'chute'))).toThrow(/"chute"/);
  });

  test.each([
    [{ points: undefined }, /needs a list of points/],
    [{ points: 'x' }, /needs a list of points/],
    [{ points: [[0, 0], [1, 0], [1]] }, /needs a list of points/],
    [
      {
        points: [
          [0, 0],
          [1, 0],
          ['1', '1'],
        ],
      },
      /needs a list of points/,
    ],
    [{ points: [[0, 0], [1, 0], null] }, /needs a list of points/],
    [{ space: 'pixel' }, /its points in "pixel"; write "pixels" or "fractions"/],
    [{ drawnFor: [0, 0] }, /was drawn on 0x0, which is no size/],
    [{ drawnFor: [640, Number.NaN] }, /was drawn on 640xNaN, which is no size/],
    [{ drawnFor: null }, /was drawn on null, which is no size/],
    [{ drawnFor: 640 }, /was drawn on 640, which is no size/],
    [{ drawnFor: ['640', '480'] }, /was drawn on \["640","480"\], which is no size/],
  ])('a definition out of a file that has %j is refused by the name of its zone', (part, message) => {
    const points = [
      [0, 0],
      [10, 0],
      [10, 10],
    ];
    const make = () => new PolygonZone({ name: 'chute', points, space: 'pixels', ...part } as never);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_ZONE_INVALID' }));
  });

  test('nearly all of it outside is told in plain figures', () => {
    const { warnings } = new PolygonZone(
      pixels([
        [0, 0],
        [10000, 0],
        [10000, 10000],
        [0, 10000],
      ]),
    ).outlineFor(100, 100);
    expect(warnings).toEqual([expect.stringContaining('the 100 % outside are cut off')]);
  });

  test('too small to measure it is refused, so that no coverage is ever 0 of 0', () => {
    expect(() =>
      raster([
        [1, 1],
        [1.01, 1],
        [1.01, 1.01],
      ]),
    ).toThrow(/smaller than a thousandth of a pixel/);
    expect(
      coverage(
        [
          pixels([
            [1, 1],
            [1.1, 1],
            [1.1, 1.1],
          ]),
        ],
        full(100, 80),
      ),
    ).toEqual([1]);
  });

  test('outside of the picture it is refused with the size', () => {
    const zone = new PolygonZone(
      pixels(
        [
          [700, 0],
          [800, 0],
          [800, 100],
        ],
        'chute',
      ),
    );
    expect(() => zone.outlineFor(640, 360)).toThrow(/"chute" lies outside of the picture, which is 640x360/);
    const touching = new PolygonZone(
      pixels([
        [640, 0],
        [800, 0],
        [640, 100],
      ]),
    );
    expect(() => touching.outlineFor(640, 360)).toThrow(/outside/);
  });

  test('over the edge, too thin, or drawn on another size are warnings', () => {
    const warnings = (definition: ZoneDefinition): string =>
      new PolygonZone(definition).outlineFor(640, 360).warnings.join(' ');
    expect(
      warnings(
        pixels([
          [-50, 0],
          [50, 0],
          [50, 100],
          [-50, 100],
        ]),
      ),
    ).toMatch(/50 % outside are cut off/);
    const thin = raster([
      [10, 10],
      [11, 10],
      [11, 70],
      [10, 70],
    ]);
    expect(thin.warnings.join(' ')).toMatch(/thinner than 2 pixels/);
    expect(thin.area).toBeCloseTo(60, 9);
    expect(
      warnings({
        ...pixels([
          [10, 10],
          [600, 10],
          [600, 700],
        ]),
        drawnFor: [1280, 720],
      }),
    ).toMatch(/drawn on 1280x720.*picture is 640x360/);
    expect(
      warnings(
        pixels([
          [10, 10],
          [600, 10],
          [600, 300],
        ]),
      ),
    ).toBe('');
  });

  test('drawn on another size it keeps its place', () => {
    const drawn: ZoneDefinition = {
      ...pixels([
        [320, 0],
        [640, 0],
        [640, 360],
        [320, 360],
      ]),
      drawnFor: [640, 360],
    };
    expect(new PolygonZone(drawn).outlineFor(1280, 720).points).toEqual([
      [640, 0],
      [1280, 0],
      [1280, 720],
      [640, 720],
    ]);
  });
});

/** Area of a simple polygon within a rectangle, by a raster of its own: thin strips of exact width. */
function areaWithin(points: readonly Point[], rectangle: readonly Point[]): number {
  const xs = rectangle.map(([x]) => x);
  const ys = rectangle.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  // Trapezia between each edge and the left border, their parts outside of the rectangle cut off piece by piece.
  let sum = 0;
  for (const [index, [x1, y1]] of points.entries()) {
    const [x2, y2] = points[(index + 1) % points.length]!;
    if (y1 === y2) continue;
    const stops = [
      y1,
      y2,
      top,
      bottom,
      ...[left, right].flatMap((x) => (x1 === x2 ? [] : [y1 + ((x - x1) / (x2 - x1)) * (y2 - y1)])),
    ];
    const low = Math.max(Math.min(y1, y2), top);
    const high = Math.min(Math.max(y1, y2), bottom);
    const inner = stops.filter((y) => y >= low && y <= high).sort((a, b) => a - b);
    const at = (y: number): number =>
      Math.min(right, Math.max(left, x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))) - left;
    for (let stop = 1; stop < inner.length; stop++) {
      sum +=
        Math.sign(y2 - y1) *
        (inner[stop]! - inner[stop - 1]!) *
        ((at(inner[stop - 1]!) + at(inner[stop]!)) / 2);
    }
  }
  return Math.abs(sum);
}
