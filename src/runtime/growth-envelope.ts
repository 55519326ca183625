import type { Flatness, MemoryPoint } from '@plateau/memory';

/** Fewer points than this decide nothing. */
const leastPoints = 12;
/** So do fewer frames: what is compiled and cached once would look like growth with each of them. */
const leastFrames = 300;

/**
 * Whether a measure that is exact but for small steps stays flat: the ledger, or V8's heap after a collection. Noise
 * models do not fit such series, so the worst case is taken instead: from the lowest point of the first third to the
 * highest of the last one, and the other way round. The whole envelope must lie within the bound.
 */
export function growthEnvelope(
  points: readonly MemoryPoint[],
  options: { readonly boundBytesPerFrame: number; readonly warmUpFrames: number },
): Flatness {
  const { boundBytesPerFrame, warmUpFrames } = options;
  const judged = points.filter(({ frame }) => frame >= warmUpFrames);
  const third = Math.floor(judged.length / 3);
  const first = judged.slice(0, third);
  const last = judged.slice(judged.length - third);
  const frames = meanOf(last, ({ frame }) => frame) - meanOf(first, ({ frame }) => frame);
  const growthBytes = meanOf(last, ({ bytes }) => bytes) - meanOf(first, ({ bytes }) => bytes);
  const low = (lowest(last) - highest(first)) / frames;
  const high = (highest(last) - lowest(first)) / frames;
  const known =
    judged.length >= leastPoints && frames >= leastFrames && Number.isFinite(low) && Number.isFinite(high);
  return {
    verdict: known ? verdictOf(low, high, boundBytesPerFrame) : 'undecided',
    slopeBytesPerFrame: growthBytes / frames,
    confidence95: known ? [low, high] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    boundBytesPerFrame,
    growthBytes,
    points: judged.length,
  };
}

function verdictOf(low: number, high: number, bound: number): Flatness['verdict'] {
  if (low > bound) return 'leaking';
  return low > -bound && high < bound ? 'flat' : 'undecided';
}

function meanOf(points: readonly MemoryPoint[], value: (point: MemoryPoint) => number): number {
  return points.reduce((sum, point) => sum + value(point), 0) / points.length;
}

const lowest = (points: readonly MemoryPoint[]): number =>
  points.reduce((least, { bytes }) => Math.min(least, bytes), Number.POSITIVE_INFINITY);
const highest = (points: readonly MemoryPoint[]): number =>
  points.reduce((most, { bytes }) => Math.max(most, bytes), Number.NEGATIVE_INFINITY);
