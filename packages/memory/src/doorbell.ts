/**
 * A word of shared memory that wakes a thread which serves several rings: every writer rings the same bell.
 *
 * The value counts the rings, so none is lost: read `value` before looking for work, look, and wait on what was read.
 */
import { requireTime } from './ring-words.ts';

/** What `postMessage` carries to another thread. */
export interface DoorbellHandle {
  readonly kind: 'plateau.doorbell';
  readonly buffer: SharedArrayBuffer;
}

export class Doorbell {
  readonly #word: Int32Array<SharedArrayBuffer>;

  private constructor(buffer: SharedArrayBuffer) {
    this.#word = new Int32Array(buffer, 0, 1);
  }

  static create(): Doorbell {
    return new Doorbell(new SharedArrayBuffer(4));
  }

  /** The same bell in another thread. */
  static attach(handle: DoorbellHandle): Doorbell {
    return new Doorbell(handle.buffer);
  }

  get handle(): DoorbellHandle {
    return { kind: 'plateau.doorbell', buffer: this.#word.buffer };
  }

  /** How often it was rung, modulo 2^32, as a signed number: compare for equality only. */
  get value(): number {
    return Atomics.load(this.#word, 0);
  }

  /** Wakes everybody who waits. Never blocks. */
  ring(): void {
    Atomics.add(this.#word, 0, 1);
    Atomics.notify(this.#word, 0);
  }

  /**
   * Blocks this thread until the bell has been rung since `lastSeen`, or the time is up.
   * @returns The value now: equal to `lastSeen` when the time was up.
   * @throws RangeError for a time that is none: it would never end.
   */
  wait(lastSeen: number, timeoutMilliseconds: number): number {
    requireTime(timeoutMilliseconds);
    Atomics.wait(this.#word, 0, lastSeen, timeoutMilliseconds);
    return this.value;
  }

  /** As `wait`, with the event loop running meanwhile. */
  async waitAsync(lastSeen: number, timeoutMilliseconds: number): Promise<number> {
    requireTime(timeoutMilliseconds);
    const waiting = Atomics.waitAsync(this.#word, 0, lastSeen, timeoutMilliseconds);
    if (waiting.async) await waiting.value;
    return this.value;
  }
}
