/**
 * A level at which something has to be done, with a deadband, so that a value that trembles around it does not start the
 * same work over and over.
 */
import type { Clock } from './clock.ts';

/** Bytes, or a share of the limit such as `'80%'`. */
export type MemoryLevel = number | `${number}%`;

export interface MemoryThresholdOptions {
  readonly clock: Clock;
  /** At or above this it fires. */
  readonly high: MemoryLevel;
  /** Below this it is armed again. Default: nine tenths of `high`. */
  readonly low?: MemoryLevel | undefined;
  /** As long as the value stays high it fires again after so many seconds at the earliest. Default: 60. */
  readonly againAfterSeconds?: number | undefined;
}

/** Also a value that falls and rises again fires at most once in this time: giving back has its price. */
const shortestRestSeconds = 10;

export class MemoryThreshold {
  readonly #options: MemoryThresholdOptions;
  #above = false;
  /** It has come from below `low` and has not fired since. */
  #risen = false;
  #fired = Number.NEGATIVE_INFINITY;

  /** @throws RangeError for a level or a time that is none. */
  constructor(options: MemoryThresholdOptions) {
    this.#options = options;
    const high = levelBytes(options.high, 1);
    const low = levelBytes(options.low ?? options.high, 1);
    const isOfOneSort = options.low === undefined || typeof options.low === typeof options.high;
    if (isOfOneSort && low > high)
      throw new RangeError(`low (${options.low}) must not be above high (${options.high})`);
    const { againAfterSeconds = 60 } = options;
    // Compared with no number it would fire at each look: a full collection a second.
    if (!(againAfterSeconds >= 0))
      throw new RangeError(`againAfterSeconds must be a number of at least 0, not ${againAfterSeconds}`);
  }

  /** True from the moment it was reached until the value has fallen below `low`. */
  get above(): boolean {
    return this.#above;
  }

  /** @param limitBytes What a share is a share of. @returns True when something is to be done now. */
  observe(bytes: number, limitBytes: number): boolean {
    const { clock, high, low, againAfterSeconds = 60 } = this.#options;
    const highBytes = levelBytes(high, limitBytes);
    const lowBytes = low === undefined ? highBytes * 0.9 : levelBytes(low, limitBytes);
    const wasAbove = this.#above;
    if (bytes >= highBytes) this.#above = true;
    else if (bytes < lowBytes) this.#above = false;
    const now = clock();
    const isRisen = this.#above && !wasAbove;
    this.#risen = this.#above && (this.#risen || isRisen);
    const rest = this.#risen ? Math.min(shortestRestSeconds, againAfterSeconds) : againAfterSeconds;
    if (bytes < highBytes || now - this.#fired < rest) return false;
    this.#risen = false;
    this.#fired = now;
    return true;
  }
}

/** @throws RangeError */
export function levelBytes(level: MemoryLevel, limitBytes: number): number {
  const share = typeof level === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(level)?.[1] : undefined;
  const bytes = share === undefined ? level : (Number(share) / 100) * limitBytes;
  if (typeof bytes === 'number' && bytes > 0) return bytes;
  throw new RangeError(`a memory level is a number of bytes above 0 or a share such as '80%', not ${level}`);
}
