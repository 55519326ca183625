import type { PictureArea } from '../letterbox.ts';
import type { PolygonZone } from './polygon-zone.ts';

/** Room left on each side, as a share of what encloses the zones: material is recognised by what lies around it. */
const margin = 0.25;
/** Sides lie on multiples of this, so that no colour plane and no field of an interlaced picture is cut between two samples. */
const grid = 8;

/**
 * The part of a picture that holds all zones and some room around them. It is as large as the model's input where the
 * picture allows: a smaller part would only be enlarged, and of the input's form, so that little of it is padding.
 *
 * @param inputSize [height, width] of the model's input.
 * @throws PlateauError ERR_ZONE_INVALID for a zone that lies outside of the picture
 */
export function zoneSurroundings(
  zones: readonly PolygonZone[],
  width: number,
  height: number,
  [inputHeight, inputWidth]: readonly [height: number, width: number],
): PictureArea {
  const points = zones.flatMap((zone) => zone.outlineFor(width, height).points);
  const [left, right] = extent(points.map(([x]) => x));
  const [top, bottom] = extent(points.map(([, y]) => y));
  const wide = Math.max((right - left) * (1 + 2 * margin), inputWidth);
  const high = Math.max((bottom - top) * (1 + 2 * margin), inputHeight);
  const scale = Math.max(wide / inputWidth, high / inputHeight);
  const [x, across] = placed((left + right) / 2, scale * inputWidth, width);
  const [y, down] = placed((top + bottom) / 2, scale * inputHeight, height);
  return { left: x, top: y, width: across, height: down };
}

function extent(values: readonly number[]): [least: number, most: number] {
  return [Math.min(...values), Math.max(...values)];
}

/** A stretch of `length` around `middle`, moved into 0..`whole` and put on the grid. */
function placed(middle: number, length: number, whole: number): [start: number, length: number] {
  if (length >= whole) return [0, whole];
  const wished = Math.min(Math.max(0, middle - length / 2), whole - length);
  const start = Math.floor(wished / grid) * grid;
  const end = Math.min(whole, Math.ceil((wished + length) / grid) * grid);
  return [start, end - start];
}
