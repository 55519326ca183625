/**
 * Frames on their way between threads: one writer, several readers, over one slab of shared memory. Nothing is copied
 * and nothing allocated per frame; a frame is either whole or not to be had, and a dead thread's slot comes back.
 */
import { threadId } from 'node:worker_threads';
import { MemoryError, UseAfterDisposeError } from './errors.ts';
import type { RingCounters } from './ring-control.ts';
import { RingMemory, type RingShape } from './ring-memory.ts';
import { RingReader } from './ring-reader.ts';
import type { RingReaderState } from './ring-reading.ts';
import { maxReaders } from './ring-words.ts';
import { RingWriter, type RingWriterOptions } from './ring-writer.ts';
import type { SlabLease } from './slab-lease.ts';
import type { SlabPool } from './slab-pool.ts';

export interface FrameRingOptions extends RingShape {
  /** Readers that a lossless writer waits for even before they come. At most 8. Default: 1. */
  readonly readers?: number | undefined;
  readonly camera?: string | undefined;
  readonly stage?: string | undefined;
  /** Needed to raise alarms: may use what the budget sets aside for that. */
  readonly alarmPath?: boolean | undefined;
}

/** What `postMessage` carries to another thread. */
export interface FrameRingHandle extends RingShape {
  readonly kind: 'plateau.frame-ring';
  readonly buffer: SharedArrayBuffer;
  readonly ringId: number;
}

export class FrameRing implements Disposable {
  /** What to post to other threads. */
  readonly handle: FrameRingHandle;
  readonly #memory: RingMemory;
  readonly #lease: SlabLease | undefined;
  #disposed = false;

  private constructor(handle: FrameRingHandle, lease: SlabLease | undefined) {
    this.handle = handle;
    this.#memory = new RingMemory(handle.buffer, handle, handle.ringId);
    this.#lease = lease;
  }

  /**
   * Makes a ring in a slab of the pool. The caller owns it and with it the slab; slots hold what they held before.
   * @throws BudgetExceededError before anything is allocated. RangeError for a shape that cannot be.
   */
  static allocate(slabs: SlabPool, options: FrameRingOptions): FrameRing {
    const { slots, slotByteLength, metadataFields, camera, stage, alarmPath, readers = 1 } = options;
    if (!Number.isSafeInteger(readers) || readers < 0 || readers > maxReaders) {
      throw new RangeError(`readers must be a whole number from 0 to ${maxReaders}, not ${readers}`);
    }
    const shape = { slots, slotByteLength, metadataFields };
    const lease = slabs.lease(RingMemory.byteLengthFor(shape), { camera, stage, alarmPath });
    const ring = new FrameRing(
      { kind: 'plateau.frame-ring', buffer: lease.buffer, ringId: lease.generation, ...shape },
      lease,
    );
    ring.#memory.control.words.initialize(readers);
    lease.inUse = () => ring.#memory.control.words.isThisRing && ring.#memory.control.busy;
    return ring;
  }

  /**
   * The same ring in another thread, which borrows it: nothing to dispose of but readers and writers made from it.
   * @borrowed
   */
  static attach(handle: FrameRingHandle): FrameRing {
    return new FrameRing(handle, undefined);
  }

  get slots(): number {
    return this.handle.slots;
  }

  get counters(): RingCounters {
    return this.#memory.control.counters;
  }

  get closed(): boolean {
    return this.#disposed || this.#memory.control.closed;
  }

  /** @throws MemoryError: ERR_RING_BUSY when there is a writer already, ERR_RING_CLOSED. */
  writer(options: RingWriterOptions): RingWriter {
    const { overwrite, doorbell } = options;
    this.#check();
    const { writing } = this.#memory.control;
    const place = writing.register(threadId);
    if (place === 0) {
      throw new MemoryError('ERR_RING_BUSY', 'the ring has a writer already: dispose of that one first');
    }
    this.#check(() => writing.leave(place));
    return new RingWriter(this.#memory, place, { overwrite, doorbell });
  }

  /** @throws MemoryError: ERR_RING_BUSY when all eight places are taken, ERR_RING_CLOSED. */
  reader(): RingReader {
    this.#check();
    const id = this.#memory.control.reading.register(threadId);
    if (id === -1) throw new MemoryError('ERR_RING_BUSY', `the ring has ${maxReaders} readers already`);
    this.#check(() => this.#memory.control.reading.evict(id, false));
    return new RingReader(this.#memory, id);
  }

  /**
   * The bytes of a slot, for views and tensors that are made once over each. Each begins at a multiple of 64 bytes from
   * the slab's start. Read and write them only while the slot is held.
   */
  slotBytes(index: number): Uint8Array<SharedArrayBuffer> {
    this.#check();
    const bytes = this.#memory.bytes[index];
    if (bytes === undefined) throw new RangeError(`the ring has slots 0 to ${this.slots - 1}, not ${index}`);
    return bytes;
  }

  /** The readers as a supervisor sees them: who is registered, whether they move, what they hold. */
  readerStates(): RingReaderState[] {
    return this.#memory.control.reading.states();
  }

  /**
   * Takes back what a dead reader held, at once. Called by a supervisor; the reader, should it live, is told by
   * `ERR_READER_EVICTED`. Frames it had not seen wait for a successor, unless `awaitSuccessor` is false.
   */
  releaseReader(id: number, options: { awaitSuccessor?: boolean } = {}): void {
    if (this.#memory.control.words.isThisRing)
      this.#memory.control.reading.evict(id, options.awaitSuccessor ?? true);
  }

  /** The same for every reader of a thread (`worker.threadId`, to be noted while the worker lives). */
  releaseReadersOf(thread: number, options: { awaitSuccessor?: boolean } = {}): void {
    for (const state of this.readerStates())
      if (state.owner === thread) this.releaseReader(state.id, options);
  }

  /** Takes back a dead writer's place, and the slot that it had begun to fill. */
  releaseWriter(): void {
    if (this.#memory.control.words.isThisRing) this.#memory.control.writing.release();
  }

  /**
   * Closes the ring for every thread. The slab goes back to the pool, where it rests until the last reader and writer are
   * gone. In a thread that only attached, this ends nothing but its own use.
   */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#lease === undefined) return;
    this.#memory.control.close();
    this.#lease[Symbol.dispose]();
  }

  /** @param undo For a registration that came too late, when the slab had gone on to another ring already. */
  #check(undo?: () => void): void {
    if (this.#disposed) throw new UseAfterDisposeError('a frame ring');
    if (!this.#memory.control.closed) return;
    undo?.();
    throw new MemoryError(
      'ERR_RING_CLOSED',
      'the frame ring was closed by its owner: ask for the handle of its successor',
    );
  }
}
