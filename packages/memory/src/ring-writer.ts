/** The writing end of a frame ring. One at a time; the thread that makes it owns it. */
import type { Doorbell } from './doorbell.ts';
import { MemoryError, UseAfterDisposeError } from './errors.ts';
import { FloatViews } from './float-views.ts';
import type { RingMemory } from './ring-memory.ts';

export interface RingWriterOptions {
  /** True: newest wins, a frame that nobody has read gives way. False: nothing is lost, `acquire` may have to wait. */
  readonly overwrite: boolean;
  /** Rung at each publication, for readers that serve several rings. */
  readonly doorbell?: Doorbell | undefined;
}

/**
 * A slot in the writer's hands, from `acquire` until `publish` or disposal. The object is made once per slot and used
 * again; `generation` tells one turn from the next.
 */
export class WritableSlot implements Disposable {
  readonly index: number;
  readonly #memory: RingMemory;
  readonly #doorbell: Doorbell | undefined;
  readonly #floats: FloatViews;
  #ticket = 0;
  #lastSequence = 0;
  #held = false;
  #generation = 0;

  /** @internal */
  constructor(memory: RingMemory, index: number, doorbell: Doorbell | undefined) {
    this.#memory = memory;
    this.index = index;
    this.#doorbell = doorbell;
    this.#floats = new FloatViews(memory.bytes[index] as Uint8Array<SharedArrayBuffer>);
  }

  /** Grows with each turn of this slot. */
  get generation(): number {
    return this.#generation;
  }

  /** The slot's bytes in shared memory, as the last frame left them. Not to be kept beyond this turn. */
  get bytes(): Uint8Array<SharedArrayBuffer> {
    this.#check();
    return this.#memory.bytes[this.index] as Uint8Array<SharedArrayBuffer>;
  }

  /** Numbers that travel with the frame; what they mean is up to the two ends. */
  get metadata(): Float64Array<SharedArrayBuffer> {
    this.#check();
    return this.#memory.metadata[this.index] as Float64Array<SharedArrayBuffer>;
  }

  /** A float view over the slot, made once for each pair of arguments. @param length In floats; default: to the end. */
  float32(byteOffset: number = 0, length?: number): Float32Array<SharedArrayBuffer> {
    this.#check();
    return this.#floats.at(byteOffset, length);
  }

  /** Hands the frame to the readers. @throws MemoryError (ERR_RING_BUSY) when the writer was declared dead meanwhile. */
  publish(): void {
    this.#check();
    this.#held = false;
    if (!this.#memory.control.writing.publish(this.index, this.#ticket, this.#lastSequence)) {
      throw new MemoryError(
        'ERR_RING_BUSY',
        `slot ${this.index} was taken back, since its writer counted as dead`,
      );
    }
    this.#doorbell?.ring();
  }

  /** Gives the slot back; what was written is lost. After `publish`, and a second time before its next turn, without effect. */
  [Symbol.dispose](): void {
    if (!this.#held) return;
    this.#held = false;
    this.#memory.control.writing.abandon(this.index, this.#ticket);
  }

  /** @internal */
  begin(): this {
    this.#held = true;
    this.#generation += 1;
    const { writing, words } = this.#memory.control;
    this.#ticket = writing.ticket(this.index);
    this.#lastSequence = words.sequence(this.index);
    return this;
  }

  #check(): void {
    if (!this.#held) throw new UseAfterDisposeError(`writable slot ${this.index} of a frame ring`);
  }
}

const waitSliceMilliseconds = 500;

export class RingWriter implements Disposable {
  readonly #memory: RingMemory;
  readonly #place: number;
  readonly #overwrite: boolean;
  readonly #slots: readonly WritableSlot[];
  #disposed = false;

  /** @internal Writers come from `FrameRing.writer`. */
  constructor(memory: RingMemory, place: number, options: RingWriterOptions) {
    this.#memory = memory;
    this.#place = place;
    this.#overwrite = options.overwrite;
    this.#slots = memory.bytes.map((_, index) => new WritableSlot(memory, index, options.doorbell));
  }

  /**
   * A slot to fill; the caller owns it.
   * @returns `undefined` when each is read or (without `overwrite`) still to be read, and when the ring is closed.
   */
  acquire(): WritableSlot | undefined {
    if (this.#disposed) throw new UseAfterDisposeError('the writer of a frame ring');
    if (this.#memory.control.closed) return undefined;
    const index = this.#memory.control.writing.acquire(this.#overwrite);
    return index === -1 ? undefined : this.#slots[index]?.begin();
  }

  /**
   * Resolves as soon as `acquire` may succeed again, or the ring is closed. Keeps the event loop alive meanwhile.
   * @throws The signal's reason.
   */
  async waitForFree(signal?: AbortSignal): Promise<void> {
    const { control } = this.#memory;
    signal?.throwIfAborted();
    const seen = control.freeValue;
    // Looked at after the value was read: a slot that comes free from here on changes it.
    if (control.closed || control.writing.canAcquire(this.#overwrite)) return;
    // Ends the wait as a slot would. A race with a promise for it would keep something of each slice.
    const onAbort = (): void => control.words.ring('freeBell');
    signal?.addEventListener('abort', onAbort, { once: true });
    // A pending `waitAsync` alone does not keep a thread's event loop alive.
    const alive = setInterval(() => undefined, waitSliceMilliseconds);
    try {
      while (control.freeValue === seen && !control.closed)
        await control.words.waitAsync('freeBell', seen, waitSliceMilliseconds);
      signal?.throwIfAborted();
    } finally {
      clearInterval(alive);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Tells the readers that no frame will follow: they see `ended` once they have taken the last. */
  end(): void {
    if (this.#disposed) throw new UseAfterDisposeError('the writer of a frame ring');
    if (!this.#memory.control.closed) this.#memory.control.writing.end();
  }

  /** Gives up the writer's place; a slot that was not published is given back. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const slot of this.#slots) slot[Symbol.dispose]();
    this.#memory.control.writing.leave(this.#place);
  }
}
