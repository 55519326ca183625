/**
 * Turns what containers say about time into seconds that always ascend: missing times, wraps, negative origins and
 * leaps are dealt with here. Pure; nothing is read from a clock.
 */

/** A moment placed on the source's own time line. The clock hands out the same object each time. */
export interface PlacedTime {
  readonly seconds: number;
  /** The source's time broke off here (it stepped back, or leapt): nothing may be measured across this point. */
  readonly discontinuity: boolean;
}

/** A live camera whose time runs off by more than this against arrival has leapt. */
const leapSeconds = 5;
/** The least step between two pictures whose times are equal or change places by a little. */
const leastStepSeconds = 0.001;

export class PresentationClock {
  /** Seconds between pictures that carry no time of their own. Set it once the source's rate is known. */
  intervalSeconds: number;
  /** Steps back and leaps so far. */
  leaps = 0;
  /** Seconds added to all times because the source began below zero. */
  originSeconds = 0;

  readonly #live: boolean;
  /** Seconds added to the source's own times now: the origin, and what steps back and leaps made necessary. */
  #offset = 0;
  #last: number | undefined;
  #lastArrival = 0;
  #placed = { seconds: 0, discontinuity: false };

  /** @param options.live Then a leap forwards is told by comparison with arrival; in a recording it is a real gap. */
  constructor(options: { readonly live: boolean; readonly intervalSeconds: number }) {
    this.#live = options.live;
    this.intervalSeconds = options.intervalSeconds;
  }

  /**
   * @param source The picture's own time in seconds, or `undefined` where it has none.
   * @param arrival Monotonic seconds at which it came; only its differences count. Recordings may pass 0.
   */
  place(source: number | undefined, arrival: number): PlacedTime {
    const last = this.#last;
    let discontinuity = false;
    let seconds: number;
    if (last === undefined) {
      const start = source === undefined || !Number.isFinite(source) ? 0 : source;
      this.originSeconds = Math.max(0, -start);
      this.#offset = this.originSeconds;
      seconds = start + this.#offset;
    } else if (source === undefined || !Number.isFinite(source)) {
      // A live picture without a time is as late after the last one as it came.
      const elapsed = arrival - this.#lastArrival;
      seconds = last + (this.#live ? Math.max(elapsed, leastStepSeconds) : this.intervalSeconds);
    } else {
      const elapsed = arrival - this.#lastArrival;
      const proposed = source + this.#offset;
      const step = proposed - last;
      const stepsBack = step < -2 * this.intervalSeconds;
      const leaps = this.#live && Math.abs(step - elapsed) > leapSeconds;
      if (stepsBack || leaps) {
        seconds = last + (this.#live ? Math.max(elapsed, leastStepSeconds) : this.intervalSeconds);
        this.#offset += seconds - proposed;
        this.leaps += 1;
        discontinuity = true;
      } else {
        seconds = proposed > last ? proposed : last + leastStepSeconds;
      }
    }
    this.#last = seconds;
    this.#lastArrival = arrival;
    this.#placed.seconds = seconds;
    this.#placed.discontinuity = discontinuity;
    return this.#placed;
  }
}
