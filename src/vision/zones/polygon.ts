/** A place: x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** Area by the shoelace formula; positive when the points run clockwise as seen (y down). */
export function signedArea(points: readonly Point[]): number {
  let twice = 0;
  for (let index = 0; index < points.length; index++) {
    const [x1, y1] = points[index]!;
    const [x2, y2] = points[(index + 1) % points.length]!;
    twice += x1 * y2 - x2 * y1;
  }
  return twice / 2;
}

/** Length of the outline. */
export function perimeter(points: readonly Point[]): number {
  let sum = 0;
  for (let index = 0; index < points.length; index++) {
    const [x1, y1] = points[index]!;
    const [x2, y2] = points[(index + 1) % points.length]!;
    sum += Math.hypot(x2 - x1, y2 - y1);
  }
  return sum;
}

/** The polygon without points that equal the one before, the last one's equal to the first included. */
export function withoutDuplicates(points: readonly Point[]): Point[] {
  return points.filter((point, index) => {
    const before = points[(index + points.length - 1) % points.length]!;
    return points.length === 1 || point[0] !== before[0] || point[1] !== before[1];
  });
}

/** The first two edges (by the number of their first point) that cross, or undefined for a simple polygon. */
export function crossingEdges(points: readonly Point[]): [number, number] | undefined {
  const count = points.length;
  for (let first = 0; first < count; first++) {
    for (let second = first + 2; second < count; second++) {
      if (first === 0 && second === count - 1) continue;
      const a = points[first]!;
      const b = points[first + 1]!;
      const c = points[second]!;
      const d = points[(second + 1) % count]!;
      if (cross(a, b, c) * cross(a, b, d) < 0 && cross(c, d, a) * cross(c, d, b) < 0) return [first, second];
    }
  }
  return undefined;
}

/** Twice the area of the triangle a, b, c; its sign tells on which side of a-b the point c lies. */
function cross(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/**
 * The part of a polygon within a rectangle, by Sutherland and Hodgman's method. A concave polygon that falls into
 * parts keeps edges along the border that run to and fro: their areas cancel, so signed areas stay right.
 */
export function clipToRectangle(
  points: readonly Point[],
  left: number,
  top: number,
  right: number,
  bottom: number,
): Point[] {
  let rest = clipHalf(points, 0, left, 1);
  rest = clipHalf(rest, 0, right, -1);
  rest = clipHalf(rest, 1, top, 1);
  return clipHalf(rest, 1, bottom, -1);
}

/** Keeps what lies on one side of a border: `axis` 0 for x, 1 for y; `sign` 1 keeps larger values, -1 smaller ones. */
function clipHalf(points: readonly Point[], axis: 0 | 1, border: number, sign: 1 | -1): Point[] {
  const kept: Point[] = [];
  for (let index = 0; index < points.length; index++) {
    const from = points[index]!;
    const to = points[(index + 1) % points.length]!;
    const fromInside = (from[axis] - border) * sign >= 0;
    const toInside = (to[axis] - border) * sign >= 0;
    if (fromInside) kept.push(from);
    if (fromInside !== toInside) {
      const share = (border - from[axis]) / (to[axis] - from[axis]);
      const other = axis === 0 ? 1 : 0;
      const across = from[other] + (to[other] - from[other]) * share;
      kept.push(axis === 0 ? [border, across] : [across, border]);
    }
  }
  return kept;
}
