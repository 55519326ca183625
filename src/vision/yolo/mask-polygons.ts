import type { Letterbox } from '../letterbox.ts';
import type { MaskBits } from './mask-bits.ts';

/** A closed outline, corners in fractions of the source picture. */
export type Outline = readonly (readonly [x: number, y: number])[];

/** Regions smaller than this, in pixels of the mask, are specks. */
const smallestRegion = 16;
/** A corner nearer than this to the line between its neighbours is left out, in pixels of the mask. */
const tolerance = 0.75;

/**
 * The outer outlines of a mask's connected regions (4-neighbours), as labels for segmentation have them: holes are
 * filled, since a label is one polygon. Follows the edges between pixels, so that the area is that of the pixels.
 */
export function maskPolygons(mask: MaskBits, box: Letterbox): Outline[] {
  const { width, height } = mask;
  const seen = new Uint8Array(width * height);
  const outlines: Outline[] = [];
  for (let start = 0; start < seen.length; start += 1) {
    if (seen[start] !== 0 || !has(mask, start % width, Math.floor(start / width))) continue;
    const size = flood(mask, seen, start);
    // The first pixel in reading order lies on the outer outline, with nothing above it and nothing to its left.
    if (size < smallestRegion) continue;
    const corners = simplified(outlineFrom(mask, start % width, Math.floor(start / width)));
    if (corners.length >= 3) outlines.push(corners.map(([x, y]) => toSource(x, y, box)));
  }
  return outlines;
}

function has(mask: MaskBits, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= mask.width || y >= mask.height) return false;
  const wordsPerRow = (mask.width + 31) >> 5;
  return ((mask.words[y * wordsPerRow + (x >> 5)] >>> (x & 31)) & 1) === 1;
}

/** Marks a region and answers how many pixels it has. */
function flood(mask: MaskBits, seen: Uint8Array, start: number): number {
  const { width } = mask;
  const open = [start];
  seen[start] = 1;
  let size = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    size += 1;
    const x = at % width;
    const y = (at - x) / width;
    for (const [nx, ny] of [
      [x - 1, y],
      [x + 1, y],
      [x, y - 1],
      [x, y + 1],
    ]) {
      const next = ny * width + nx;
      if (!has(mask, nx, ny) || seen[next] !== 0) continue;
      seen[next] = 1;
      open.push(next);
    }
  }
  return size;
}

/** Steps right, down, left, up along the edges between pixels. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** Walks the outer outline from a region's first pixel, the region always to the right hand. */
function outlineFrom(mask: MaskBits, startX: number, startY: number): [number, number][] {
  const corners: [number, number][] = [];
  let x = startX;
  let y = startY;
  let direction = 0;
  do {
    const turned = turn(mask, x, y, direction);
    if (turned !== direction) corners.push([x, y]);
    direction = turned;
    x += steps[direction][0];
    y += steps[direction][1];
  } while (x !== startX || y !== startY);
  if (corners.length === 0 || corners[0][0] !== startX || corners[0][1] !== startY)
    corners.unshift([startX, startY]);
  return corners;
}

/** The direction in which the outline goes on from a corner between four pixels. */
function turn(mask: MaskBits, x: number, y: number, direction: number): number {
  const [dx, dy] = steps[direction];
  // The two pixels ahead of the corner: to the right hand of the way, and to the left.
  const right = has(mask, x + Math.min(dx, 0) + Math.min(-dy, 0), y + Math.min(dy, 0) + Math.min(dx, 0));
  const left = has(mask, x + Math.min(dx, 0) + Math.min(dy, 0), y + Math.min(dy, 0) + Math.min(-dx, 0));
  if (!right) return (direction + 1) % 4;
  return left ? (direction + 3) % 4 : direction;
}

/** Ramer, Douglas and Peucker's simplification of a closed outline. */
function simplified(corners: readonly [number, number][]): [number, number][] {
  if (corners.length < 4) return [...corners];
  const half = corners.length >> 1;
  const first = between(corners, 0, half);
  const second = between([...corners, corners[0]], half, corners.length);
  return [...first.slice(0, -1), ...second.slice(0, -1)];
}

function between(corners: readonly [number, number][], from: number, to: number): [number, number][] {
  const keep = new Set([from, to]);
  const open: [number, number][] = [[from, to]];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [a, b] = range;
    let farthest = -1;
    let distance = tolerance;
    for (let i = a + 1; i < b; i += 1) {
      const away = distanceToLine(corners[i], corners[a], corners[b]);
      if (away > distance) [farthest, distance] = [i, away];
    }
    if (farthest < 0) continue;
    keep.add(farthest);
    open.push([a, farthest], [farthest, b]);
  }
  return [...keep].sort((a, b) => a - b).map((i) => corners[i]);
}

function distanceToLine(
  [x, y]: readonly [number, number],
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
): number {
  const length = Math.hypot(bx - ax, by - ay);
  if (length === 0) return Math.hypot(x - ax, y - ay);
  return Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length;
}

function toSource(x: number, y: number, box: Letterbox): [number, number] {
  const { crop, left, top, scaledWidth, scaledHeight, sourceWidth, sourceHeight } = box;
  const within = (share: number): number => Math.min(1, Math.max(0, share));
  return [
    (crop.left + within((x - left) / scaledWidth) * crop.width) / sourceWidth,
    (crop.top + within((y - top) / scaledHeight) * crop.height) / sourceHeight,
  ];
}
