import { RunningMedian } from './running-median.ts';

/** Longest pause, in seconds, that is never called a gap, however dense the values usually are. */
const shortestGapSeconds = 1;

/** Number of recent intervals from which the usual one is taken. */
const remembered = 31;

/**
 * Tells a gap in a series of times from its usual rhythm: a step is a gap when it is longer than twice the
 * usual interval and longer than one second. So a camera decided every 5 s has none, and neither has a
 * recording that thins out from ten pictures a second to two.
 */
export class UsualInterval {
  // Each interval is one unit of "time", so that the window counts intervals rather than seconds.
  readonly #median = new RunningMedian(remembered, remembered + 1);
  #index = 0;
  #usualSeconds: number | undefined;

  /** The usual interval in seconds; `undefined` before the second value. */
  get seconds(): number | undefined {
    return this.#usualSeconds;
  }

  /** Takes the next interval and tells whether it is a gap, judged by the ones before it. */
  isGap(intervalSeconds: number): boolean {
    const usual = this.#usualSeconds;
    const gap =
      usual !== undefined &&
      intervalSeconds > 2 * usual + 1e-9 &&
      intervalSeconds > shortestGapSeconds + 1e-9;
    // A gap says nothing about the rhythm, unless gaps become the rhythm: the median decides that by itself.
    this.#usualSeconds = this.#median.add(this.#index, intervalSeconds);
    this.#index += 1;
    return gap;
  }
}
