/** The few statistics that a benchmark on a busy machine needs: middles and ranges, never means. */

/** @throws RangeError for no values at all. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('a quantile of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A figure with what it is worth: the middle of several runs, and the lowest and highest of them. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly runs: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    median: median(values),
    lowest: quantile(values, 0),
    highest: quantile(values, 1),
    runs: values.length,
  };
}

/**
 * The spread of `ours / theirs` over runs that were taken in pairs, one right after the other. What the machine does
 * besides changes slowly, so it falls out of each pair's ratio, which it does not out of the ratio of two medians.
 *
 * @throws RangeError where a partner is missing.
 */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length)
    throw new RangeError(`${ours.length} runs of ours and ${theirs.length} of theirs are no pairs`);
  return spreadOf(ours.map((value, index) => value / theirs[index]));
}

/** Least-squares slope of `ys` over `xs`. @throws RangeError for fewer than two different places. */
export function slope(xs: readonly number[], ys: readonly number[]): number {
  const meanX = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  const variance = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  if (!(variance > 0)) throw new RangeError('a slope needs two different places');
  return xs.reduce((sum, x, i) => sum + (x - meanX) * (ys[i] - meanY), 0) / variance;
}
