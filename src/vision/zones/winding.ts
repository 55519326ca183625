import { AreaAccumulator } from './area-accumulator.ts';
import type { Point } from './polygon.ts';

/** Cells on a side of the grid over the polygon: a part that is smaller than one of them is not worth a refusal. */
const cells = 64;
/** Shares of a cell below this are rounding. */
const rounding = 1e-6;

/**
 * Whether some parts of a polygon lie to the left of its outline and some to the right. Then it crosses itself, also
 * where it does so through a corner and no two of its edges cross between their ends: an eight. A polygon that only
 * touches itself has all parts on one side.
 */
export function windsBothWays(points: readonly Point[]): boolean {
  const [left, width] = extent(points.map(([x]) => x));
  const [top, height] = extent(points.map(([, y]) => y));
  if (!(width > 0 && height > 0)) return false;
  const accumulator = new AreaAccumulator(cells, cells);
  accumulator.add(
    points.map(([x, y]): Point => [((x - left) / width) * cells, ((y - top) / height) * cells]),
  );
  let least = 0;
  let most = 0;
  accumulator.forEach((_x, _y, share) => {
    least = Math.min(least, share);
    most = Math.max(most, share);
  });
  return least < -rounding && most > rounding;
}

function extent(values: readonly number[]): [start: number, length: number] {
  const start = values.reduce((least, value) => Math.min(least, value), Infinity);
  const end = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return [start, end - start];
}
