import { type BlockageSettings, checkBlockageSettings } from './blockage-settings.ts';
import { RunningMedian } from './running-median.ts';
import { UsualInterval } from './usual-interval.ts';

/** Readings a second for which the smoothing window has room: more than any camera gives. */
const mostReadingsPerSecond = 256;
/** Readings that a window holds at most, in 1.5 MB: eleven minutes of 100 a second. Of a longer one the oldest leave early. */
const mostReadings = 65_536;

/** A change of a zone's state. */
export interface ZoneEvent {
  readonly type: 'blocked' | 'cleared';
  /** The moment at which the delay was up, in seconds of the clock of the readings. */
  readonly t: number;
  /** Smoothed coverage (0..1) of the reading that completed the delay. */
  readonly coverage: number;
}

/**
 * Turns the coverage of one zone into blocked and cleared, with hysteresis (two thresholds) and an on-delay and
 * off-delay (ISA-18.2's words). Pure: it has no clock, the time of each reading is passed in.
 *
 * A run is the time for which smoothed coverage stays on the far side of the threshold that matters. It is
 * broken by a reading on the near side, by an unknown value, by a gap and by a time that steps back; whatever
 * lies before a break counts for nothing. The state itself outlives all of these: only coverage clears an alarm.
 */
export class ZoneBlockage {
  readonly settings: BlockageSettings;
  readonly #median: RunningMedian;
  readonly #interval = new UsualInterval();
  #blocked = false;
  #lastTime: number | undefined;
  #runStart: number | undefined;
  #smoothed: number | null = null;

  /** @throws RangeError when thresholds or delays contradict each other. */
  constructor(settings: BlockageSettings) {
    checkBlockageSettings(settings);
    this.settings = settings;
    const readings = Math.ceil(settings.smoothSeconds * mostReadingsPerSecond);
    this.#median = new RunningMedian(
      settings.smoothSeconds,
      Math.min(mostReadings, Math.max(mostReadingsPerSecond, readings)),
    );
  }

  get state(): 'clear' | 'blocked' {
    return this.#blocked ? 'blocked' : 'clear';
  }

  /** Smoothed coverage of the newest reading, `null` where that is unknown. */
  get smoothedCoverage(): number | null {
    return this.#smoothed;
  }

  /** Since when a change of state is on its way, on the readings' clock; `undefined` when none is. */
  get pendingSince(): number | undefined {
    return this.#runStart;
  }

  /**
   * Takes the next reading.
   *
   * @param timeSeconds Time of the reading: source time of a recording, arrival of a live picture.
   * @param coverage Fraction 0..1 of the zone, or `null` where it cannot be known.
   * @returns The change of state that this reading completes, if any.
   * @throws RangeError for a time that is none and a coverage that is no fraction; nothing has changed then.
   */
  update(timeSeconds: number, coverage: number | null): ZoneEvent | undefined {
    if (!Number.isFinite(timeSeconds)) throw new RangeError(`a reading at ${timeSeconds} s has no time`);
    if (coverage !== null && !(coverage >= 0 && coverage <= 1))
      throw new RangeError(
        `coverage is a fraction from 0 to 1, or null where it is unknown, and not ${coverage}`,
      );
    if (this.#lastTime !== undefined) {
      const step = timeSeconds - this.#lastTime;
      if (step < 0 || this.#interval.isGap(step)) this.#breakRun();
    }
    this.#lastTime = timeSeconds;
    if (coverage === null) {
      this.#breakRun();
      this.#smoothed = null;
      return undefined;
    }
    const smoothed = this.#median.add(timeSeconds, coverage);
    this.#smoothed = smoothed;
    return this.#advance(timeSeconds, smoothed);
  }

  /** Says that the values after this moment have nothing to do with those before: a camera was lost, a picture frozen. */
  breakRun(): void {
    this.#breakRun();
    this.#smoothed = null;
  }

  #breakRun(): void {
    this.#runStart = undefined;
    this.#median.clear();
  }

  #advance(timeSeconds: number, smoothed: number): ZoneEvent | undefined {
    const { onCoverage, offCoverage, onDelaySeconds, offDelaySeconds } = this.settings;
    const beyond = this.#blocked ? smoothed < offCoverage : smoothed >= onCoverage;
    if (!beyond) {
      this.#runStart = undefined;
      return undefined;
    }
    this.#runStart ??= timeSeconds;
    const dueAt = this.#runStart + (this.#blocked ? offDelaySeconds : onDelaySeconds);
    // Ten steps of 0.1 s add up to a little less than 1 s.
    if (timeSeconds < dueAt - 1e-6) return undefined;
    this.#blocked = !this.#blocked;
    this.#runStart = undefined;
    return { type: this.#blocked ? 'blocked' : 'cleared', t: dueAt, coverage: smoothed };
  }
}
