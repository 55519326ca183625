/** What `plateau bench` found, and what of it is worse than it was. Pure. */

/** One contender over the same clip. Figures are medians of the rounds. */
export interface BenchResult {
  readonly name: 'plateau' | 'opencv' | 'ffmpeg';
  readonly title: string;
  readonly framesPerSecond: number;
  readonly lowest: number;
  readonly highest: number;
  /** Decoding, inference and post-processing of one picture; `null` where a peer does not tell. */
  readonly latencyMilliseconds: number | null;
  readonly peakRssBytes: number | null;
}

export interface BenchReport {
  readonly schema: 'plateau.bench/1';
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly node: string;
  };
  readonly clip: string;
  readonly model: string;
  readonly rounds: number;
  readonly results: readonly BenchResult[];
  /** Why a peer is not in the results, a sentence each. */
  readonly absent: readonly string[];
}

/** @throws RangeError for no values. */
export function middleOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('a middle of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * What is worse than in the baseline by more than `tolerance` (a share), a sentence each. Speed is compared over a peer
 * that both runs have, since a machine is never equally busy twice; without one, as it is.
 */
export function regressions(now: BenchReport, baseline: BenchReport, tolerance: number): string[] {
  const found: string[] = [];
  const [ours, before] = [resultOf(now, 'plateau'), resultOf(baseline, 'plateau')];
  if (ours === undefined || before === undefined) return found;
  const yardstick = (['opencv', 'ffmpeg'] as const).find(
    (name) => resultOf(now, name) !== undefined && resultOf(baseline, name) !== undefined,
  );
  const over = (report: BenchReport): number =>
    yardstick === undefined ? 1 : (resultOf(report, yardstick)?.framesPerSecond ?? 1);
  const speed = ours.framesPerSecond / over(now);
  const speedBefore = before.framesPerSecond / over(baseline);
  if (speed < speedBefore * (1 - tolerance)) {
    const unit = yardstick === undefined ? 'pictures a second' : `times the speed of ${yardstick}`;
    found.push(`Speed is ${speed.toPrecision(3)} ${unit}, and was ${speedBefore.toPrecision(3)}.`);
  }
  if (ours.peakRssBytes === null || before.peakRssBytes === null) return found;
  if (ours.peakRssBytes > before.peakRssBytes * (1 + tolerance)) {
    const [mb, mbBefore] = [ours, before].map(({ peakRssBytes }) => Math.round((peakRssBytes ?? 0) / 1e6));
    found.push(`Peak memory is ${mb} MB, and was ${mbBefore} MB.`);
  }
  return found;
}

export function resultOf(report: BenchReport, name: BenchResult['name']): BenchResult | undefined {
  return report.results.find((result) => result.name === name);
}
