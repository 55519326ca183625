/**
 * Whether memory is flat: an equivalence test on the slope of bytes over frames.
 *
 * RSS is autocorrelated, and the usual questions answer wrongly on it: "does the interval of the least-squares slope
 * contain 0" calls two thirds of flat runs leaking. Here the question is turned round: the *whole* 95 % interval has to
 * lie within the bound. It comes from the means of blocks, widened by the correlation that is left between them. A wide
 * interval is `undecided`, and undecided is not flat.
 */
import { studentQuantile } from './student-quantile.ts';

/** Memory after so many frames. */
export interface MemoryPoint {
  readonly frame: number;
  readonly bytes: number;
}

export interface FlatnessOptions {
  /** Growth of less than this counts as flat. Default: 512 bytes a frame. */
  readonly boundBytesPerFrame?: number | undefined;
  /** Frames at the start that are left out. Default: a tenth of the run. */
  readonly warmUpFrames?: number | undefined;
  /** At least 20, the default. */
  readonly blocks?: number | undefined;
}

export interface Flatness {
  /** `leaking`: the whole interval lies above the bound. `undecided`: neither that nor flat. */
  readonly verdict: 'flat' | 'leaking' | 'undecided';
  readonly slopeBytesPerFrame: number;
  readonly confidence95: readonly [number, number];
  readonly boundBytesPerFrame: number;
  /** From the first block's mean to the last's. */
  readonly growthBytes: number;
  /** Points that were judged, after warm-up. */
  readonly points: number;
}

const leastBlocks = 20;
/** So many independent observations a run must be worth. */
const leastIndependent = 3;
const wavesPerRun = 4;
const leastPerBlock = 5;

/**
 * @param samples In ascending order of frames. Fewer than five a block, or one that is no number, make it `undecided`:
 *   memory that cannot be read is not flat.
 * @throws RangeError for options that cannot be.
 */
export function assessFlatness(samples: readonly MemoryPoint[], options: FlatnessOptions = {}): Flatness {
  const { boundBytesPerFrame = 512, blocks = leastBlocks } = options;
  if (!(boundBytesPerFrame > 0))
    throw new RangeError(`boundBytesPerFrame must be positive, not ${boundBytesPerFrame}`);
  if (!Number.isSafeInteger(blocks) || blocks < leastBlocks) {
    throw new RangeError(`blocks must be a whole number of at least ${leastBlocks}, not ${blocks}`);
  }
  const first = samples[0]?.frame ?? 0;
  const last = samples.at(-1)?.frame ?? 0;
  const start = first + (options.warmUpFrames ?? (last - first) / 10);
  const judged = samples.filter((sample) => sample.frame >= start);
  const isReadable = judged.every(
    ({ frame, bytes }) => Number.isFinite(frame) && Number.isFinite(bytes) && bytes > 0,
  );
  if (judged.length < blocks * leastPerBlock || !isReadable) {
    return {
      verdict: 'undecided',
      slopeBytesPerFrame: Number.NaN,
      confidence95: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      boundBytesPerFrame,
      growthBytes: Number.NaN,
      points: judged.length,
    };
  }
  const means = blockMeans(judged, blocks);
  const { slope, halfWidth } = slopeOf(means, judged);
  const confidence95 = [slope - halfWidth, slope + halfWidth] as const;
  const isFlat = confidence95[0] > -boundBytesPerFrame && confidence95[1] < boundBytesPerFrame;
  return {
    verdict: isFlat ? 'flat' : confidence95[0] > boundBytesPerFrame ? 'leaking' : 'undecided',
    slopeBytesPerFrame: slope,
    confidence95,
    boundBytesPerFrame,
    growthBytes: (means.at(-1)?.bytes ?? 0) - (means[0]?.bytes ?? 0),
    points: judged.length,
  };
}

/** Blocks of equally many samples; what is over goes into the last. */
function blockMeans(samples: readonly MemoryPoint[], blocks: number): MemoryPoint[] {
  const size = Math.floor(samples.length / blocks);
  return Array.from({ length: blocks }, (_, index) => {
    const end = index === blocks - 1 ? samples.length : (index + 1) * size;
    const block = samples.slice(index * size, end);
    return { frame: mean(block.map((one) => one.frame)), bytes: mean(block.map((one) => one.bytes)) };
  });
}

/** The least-squares slope over the block means, and half the width of its 95 % interval. */
function slopeOf(
  means: readonly MemoryPoint[],
  samples: readonly MemoryPoint[],
): { slope: number; halfWidth: number } {
  const blocks = fitLine(means);
  const single = fitLine(samples);
  // Two views of how long the noise remembers: between blocks, and from sample to sample. The more cautious one counts.
  const ofBlocks = (blocks.squares / (means.length - 2)) * inflationOf(blocks, means.length);
  const perBlock = samples.length / means.length;
  const ofSamples = (single.squares / (samples.length - 2) / perBlock) * inflationOf(single, samples.length);
  const longRunVariance = Math.max(ofBlocks, ofSamples);
  // In a run no longer than the noise's own memory each slope may be a wave: then the waves' whole height counts.
  if (samples.length / inflationOf(single, samples.length) < leastIndependent) {
    return { slope: blocks.slope, halfWidth: (wavesPerRun * single.range) / spanOf(samples) };
  }
  const freedom = Math.max(3, means.length / inflationOf(blocks, means.length) - 2);
  const halfWidth = Math.sqrt(longRunVariance / blocks.spread) * studentQuantile(0.975, freedom);
  return { slope: blocks.slope, halfWidth };
}

interface LineFit {
  readonly slope: number;
  readonly spread: number;
  readonly squares: number;
  /** From the lowest residual to the highest. */
  readonly range: number;
  /** Of each residual with the next. */
  readonly correlation: number;
}

function fitLine(points: readonly MemoryPoint[]): LineFit {
  const middle = mean(points.map((one) => one.frame));
  const level = mean(points.map((one) => one.bytes));
  const spread = points.reduce((sum, one) => sum + (one.frame - middle) ** 2, 0);
  const slope = points.reduce((sum, one) => sum + (one.frame - middle) * (one.bytes - level), 0) / spread;
  const residuals = points.map((one) => one.bytes - level - slope * (one.frame - middle));
  const squares = residuals.reduce((sum, one) => sum + one * one, 0);
  const products = residuals.slice(1).reduce((sum, one, at) => sum + one * (residuals[at] ?? 0), 0);
  let [lowest, highest] = [0, 0];
  for (const one of residuals) {
    lowest = Math.min(lowest, one);
    highest = Math.max(highest, one);
  }
  return {
    slope,
    spread,
    squares,
    range: highest - lowest,
    correlation: squares === 0 ? 0 : products / squares,
  };
}

/** How much wider the correlation of an AR(1) makes the variance of a mean. */
function inflationOf(fit: LineFit, count: number): number {
  // Residuals of a fitted line look less correlated than the noise is, by about this much (Marriott and Pope, 1954).
  const correlation = Math.min(
    0.995,
    Math.max(0, fit.correlation + (2 + 4 * Math.max(0, fit.correlation)) / count),
  );
  return (1 + correlation) / (1 - correlation);
}

/** In frames. */
function spanOf(samples: readonly MemoryPoint[]): number {
  return (samples.at(-1)?.frame ?? 0) - (samples[0]?.frame ?? 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
