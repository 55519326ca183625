/** One reading end of a frame ring. Each reader sees the frames for itself; the thread that makes it owns it. */
import { MemoryError, UseAfterDisposeError } from './errors.ts';
import { FloatViews } from './float-views.ts';
import type { RingMemory } from './ring-memory.ts';

/**
 * A frame in a reader's hands, until it is disposed of. The object is made once per slot and reader and used again;
 * `generation` tells one turn from the next.
 */
export class ReadableSlot implements Disposable {
  readonly index: number;
  readonly #memory: RingMemory;
  readonly #giveBack: (index: number) => void;
  readonly #floats: FloatViews;
  #held = false;
  #generation = 0;

  /** @internal */
  constructor(memory: RingMemory, index: number, giveBack: (index: number) => void) {
    this.#memory = memory;
    this.index = index;
    this.#giveBack = giveBack;
    this.#floats = new FloatViews(memory.bytes[index] as Uint8Array<SharedArrayBuffer>);
  }

  /** Grows with each turn of this slot. */
  get generation(): number {
    return this.#generation;
  }

  /** The how-manieth publication of this ring this is, from 1, modulo 2^32. */
  get sequence(): number {
    this.#check();
    return this.#memory.control.words.sequence(this.index) >>> 0;
  }

  /** The frame's bytes in shared memory. Not to be written, and not to be kept beyond this turn. */
  get bytes(): Uint8Array<SharedArrayBuffer> {
    this.#check();
    return this.#memory.bytes[this.index] as Uint8Array<SharedArrayBuffer>;
  }

  /** The numbers that the writer sent along. */
  get metadata(): Float64Array<SharedArrayBuffer> {
    this.#check();
    return this.#memory.metadata[this.index] as Float64Array<SharedArrayBuffer>;
  }

  /** A float view over the slot, made once for each pair of arguments. @param length In floats; default: to the end. */
  float32(byteOffset: number = 0, length?: number): Float32Array<SharedArrayBuffer> {
    this.#check();
    return this.#floats.at(byteOffset, length);
  }

  /** Gives the slot back to the writer. A second time before its next turn without effect. */
  [Symbol.dispose](): void {
    if (!this.#held) return;
    this.#held = false;
    this.#giveBack(this.index);
  }

  /** @internal */
  begin(): this {
    this.#held = true;
    this.#generation += 1;
    return this;
  }

  #check(): void {
    if (!this.#held) throw new UseAfterDisposeError(`readable slot ${this.index} of a frame ring`);
  }
}

export class RingReader implements Disposable {
  /** Its place in the ring: what a supervisor passes to `FrameRing.releaseReader`. */
  readonly id: number;
  readonly #memory: RingMemory;
  readonly #epoch: number;
  readonly #slots: readonly ReadableSlot[];
  #disposed = false;

  /** @internal Readers come from `FrameRing.reader`. */
  constructor(memory: RingMemory, id: number) {
    this.#memory = memory;
    this.id = id;
    this.#epoch = memory.control.reading.epoch(id);
    const giveBack = (index: number): void => {
      memory.control.reading.release(index, id, this.#epoch);
    };
    this.#slots = memory.bytes.map((_, index) => new ReadableSlot(memory, index, giveBack));
  }

  /** The newest frame not yet seen; older ones are passed over for good. The caller owns the slot. */
  takeNewest(): ReadableSlot | undefined {
    return this.#take(true);
  }

  /** The oldest frame not yet seen: with a lossless writer each one, in order. The caller owns the slot. */
  takeOldest(): ReadableSlot | undefined {
    return this.#take(false);
  }

  /** Frames that wait to be seen; none for a reader that was disposed of: those in its place wait for its successor. */
  get unseen(): number {
    return this.#disposed ? 0 : this.#memory.control.reading.unseen(this.id);
  }

  /** True when the writer has ended, or the ring is closed, and nothing is left to take; and after disposal. */
  get ended(): boolean {
    const { control } = this.#memory;
    return this.#disposed || control.closed || (control.ended && this.unseen === 0);
  }

  /** Blocks this thread until a frame may be there, the stream has ended, or the time is up. */
  wait(timeoutMilliseconds: number): void {
    const { control } = this.#memory;
    const seen = control.publishedValue;
    if (this.unseen === 0 && !this.ended) control.words.wait('publishedBell', seen, timeoutMilliseconds);
  }

  /** As `wait`, with the event loop running, but not kept alive by this. */
  async waitAsync(timeoutMilliseconds: number): Promise<void> {
    const { control } = this.#memory;
    const seen = control.publishedValue;
    if (this.unseen === 0 && !this.ended)
      await control.words.waitAsync('publishedBell', seen, timeoutMilliseconds);
  }

  /** Ends this reader: its slots go back, and a lossless writer no longer waits for it. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const slot of this.#slots) slot[Symbol.dispose]();
    this.#memory.control.reading.close(this.id, this.#epoch);
  }

  #take(newest: boolean): ReadableSlot | undefined {
    if (this.#disposed) throw new UseAfterDisposeError('a reader of a frame ring');
    if (this.#memory.control.closed) return undefined;
    const index = this.#memory.control.reading.take(this.id, this.#epoch, newest);
    if (index === -2) {
      throw new MemoryError(
        'ERR_READER_EVICTED',
        `reader ${this.id} counted as dead and was evicted: attach anew`,
      );
    }
    return index === -1 ? undefined : this.#slots[index]?.begin();
  }
}
