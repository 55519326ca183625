/**
 * A counter that any thread can add to, exact to 2^63: the document's `SafeCounter`, without its lock. About 10 ns an
 * addition; V8 makes a small number of it (24 B of garbage), as `Atomics` has it for 64 bits.
 */

/** What `postMessage` carries to another thread. */
export interface AtomicCounterHandle {
  readonly kind: 'plateau.atomic-counter';
  readonly buffer: SharedArrayBuffer;
  readonly byteOffset: number;
}

export class AtomicCounter {
  readonly #word: BigInt64Array<SharedArrayBuffer>;

  private constructor(buffer: SharedArrayBuffer, byteOffset: number) {
    this.#word = new BigInt64Array(buffer, byteOffset, 1);
  }

  static create(): AtomicCounter {
    return new AtomicCounter(new SharedArrayBuffer(8), 0);
  }

  /** A counter inside of shared memory that the caller owns. @param byteOffset A multiple of 8. */
  static over(buffer: SharedArrayBuffer, byteOffset: number): AtomicCounter {
    return new AtomicCounter(buffer, byteOffset);
  }

  /** The same counter in another thread. */
  static attach(handle: AtomicCounterHandle): AtomicCounter {
    return new AtomicCounter(handle.buffer, handle.byteOffset);
  }

  get handle(): AtomicCounterHandle {
    return { kind: 'plateau.atomic-counter', buffer: this.#word.buffer, byteOffset: this.#word.byteOffset };
  }

  /** @param by A whole number; negative ones count down. @throws RangeError when it is not whole. */
  add(by: number = 1): void {
    Atomics.add(this.#word, 0, by === 1 ? 1n : BigInt(by));
  }

  /** Exact up to 2^53; beyond that the nearest number. */
  get value(): number {
    return Number(Atomics.load(this.#word, 0));
  }

  /** Sets it to zero. @returns What had been counted; no addition is lost in between. */
  takeAll(): number {
    return Number(Atomics.exchange(this.#word, 0, 0n));
  }
}
