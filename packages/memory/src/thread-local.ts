/**
 * Something made once per worker thread, at its first use, large enough for what was asked of it, and in the ledger: the
 * document's `threading.local()`. A worker thread of Node loads its modules anew, so that a constant of a module is the
 * thread's own; what this adds is the lateness, the growing and the bookkeeping.
 */
import type { Ledger, LedgerEntry } from './ledger.ts';
import { ledger as threadLedger } from './thread-ledger.ts';

export interface ThreadLocalOptions<T> {
  /** Its name in the ledger. */
  readonly kind: string;
  /** Makes one of at least so many units (elements, bytes, as `sizeOf` counts). */
  readonly make: (atLeast: number) => T;
  readonly sizeOf: (value: T) => number;
  readonly bytesOf: (value: T) => number;
  readonly stage?: string | undefined;
  readonly ledger?: Ledger | undefined;
}

export class ThreadLocal<T> implements Disposable {
  readonly #options: ThreadLocalOptions<T>;
  #value: T | undefined;
  #entry: LedgerEntry | undefined;

  constructor(options: ThreadLocalOptions<T>) {
    this.#options = options;
  }

  /** A thread's own scratch floats, with the contents that the last use left. */
  static float32(kind: string, options: { stage?: string; ledger?: Ledger } = {}): ThreadLocal<Float32Array> {
    const make = (atLeast: number): Float32Array => new Float32Array(atLeast);
    const sizeOf = (floats: Float32Array): number => floats.length;
    return new ThreadLocal({ kind, make, sizeOf, bytesOf: (floats) => floats.byteLength, ...options });
  }

  /** A thread's own scratch bytes, with the contents that the last use left. */
  static uint8(kind: string, options: { stage?: string; ledger?: Ledger } = {}): ThreadLocal<Uint8Array> {
    const make = (atLeast: number): Uint8Array => new Uint8Array(atLeast);
    const sizeOf = (bytes: Uint8Array): number => bytes.length;
    return new ThreadLocal({ kind, make, sizeOf, bytesOf: sizeOf, ...options });
  }

  /**
   * This thread's value, made or made anew where it is smaller than asked for. Borrowed: not to be kept.
   * @throws RangeError for a size that is none
   */
  get(atLeast: number = 0): T {
    if (!(atLeast >= 0)) throw new RangeError(`atLeast must be a number of at least 0, not ${atLeast}`);
    const value = this.#value;
    if (value !== undefined && this.#options.sizeOf(value) >= atLeast) return value;
    const { kind, stage, make, bytesOf, ledger = threadLedger } = this.#options;
    const made = make(atLeast);
    if (this.#entry === undefined) {
      this.#entry = ledger.track({ kind, stage, bytes: bytesOf(made), always: true, siteBelow: this.get });
    } else {
      this.#entry.bytes = bytesOf(made);
    }
    // Last: what the ledger refuses is not kept beside it.
    this.#value = made;
    return made;
  }

  /** Lets the value go; the next `get` makes a new one. */
  [Symbol.dispose](): void {
    this.#entry?.[Symbol.dispose]();
    this.#entry = undefined;
    this.#value = undefined;
  }
}
