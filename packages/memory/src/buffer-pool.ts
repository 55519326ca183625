/**
 * Typed arrays that are used again: size classes over ArrayBuffers of this thread, handed out as leases.
 *
 * A lease is a small object of its own for each holder, so that one that is kept too long is told apart from the next
 * holder's: use after return, a second return and a stale lease all throw.
 */
import { DoubleReturnError, StaleLeaseError, UseAfterDisposeError } from './errors.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { ledger as threadLedger } from './thread-ledger.ts';

/** The element types that a pool hands out. */
export interface ElementArrays {
  uint8: Uint8Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  float32: Float32Array<ArrayBuffer>;
  float64: Float64Array<ArrayBuffer>;
}

export type ElementType = keyof ElementArrays;

export const bytesPerElement: Readonly<Record<ElementType, number>> = {
  uint8: 1,
  int32: 4,
  float32: 4,
  float64: 8,
};

/** Who a lease is for; what adaptors account by. */
export interface LeaseOptions {
  readonly camera?: string | undefined;
  readonly stage?: string | undefined;
}

/** Bytes and counts of a pool at one moment. */
export interface BufferPoolCounters {
  readonly leased: number;
  readonly leasedBytes: number;
  readonly idle: number;
  readonly idleBytes: number;
  readonly allocations: number;
  readonly reuses: number;
  readonly returns: number;
}

/** Something that leases buffers: a pool, or an adaptor over one. */
export interface BufferSource {
  /**
   * @param length In elements. The contents are what the last holder left.
   * @throws RangeError for a length that is none. BudgetExceededError before an allocation that would pass a limit.
   */
  lease<E extends ElementType>(type: E, length: number, options?: LeaseOptions): BufferLease<E>;
  readonly counters: BufferPoolCounters;
  /** Drops idle buffers until at most `keepBytes` of them are left. @returns Bytes dropped. */
  trim(keepBytes?: number): number;
}

/** One allocation, with a view for each element type that was asked of it. */
class Block {
  readonly buffer: ArrayBuffer;
  readonly entry: LedgerEntry;
  generation = 0;
  leased = false;
  view: ElementArrays[ElementType] | undefined;

  constructor(buffer: ArrayBuffer, entry: LedgerEntry) {
    this.buffer = buffer;
    this.entry = entry;
  }
}

/** A typed array in somebody's hands, until it is returned. */
export class BufferLease<E extends ElementType> implements Disposable {
  /** In elements. */
  readonly length: number;
  readonly generation: number;
  readonly #pool: BufferPool;
  readonly #block: Block;
  readonly #data: ElementArrays[E];

  /** @internal Leases come from a pool. */
  constructor(pool: BufferPool, block: Block, data: ElementArrays[E], length: number) {
    this.#pool = pool;
    this.#block = block;
    this.#data = data;
    this.length = length;
    this.generation = block.generation;
  }

  /** The array, of exactly `length` elements. @throws UseAfterDisposeError, StaleLeaseError */
  get data(): ElementArrays[E] {
    if (this.#block.generation !== this.generation) this.#refuse();
    return this.#data;
  }

  get byteLength(): number {
    return this.#data.byteLength;
  }

  get returned(): boolean {
    return this.#block.generation !== this.generation;
  }

  /** Gives the buffer back. @throws DoubleReturnError when that has happened already, in whatever way. */
  return(): void {
    if (this.returned) throw new DoubleReturnError(`a lease of ${this.length} elements`);
    this.#pool.takeBack(this.#block);
  }

  /** As `return`, but harmless after it: for `using`. */
  [Symbol.dispose](): void {
    if (!this.returned) this.#pool.takeBack(this.#block);
  }

  #refuse(): never {
    const what = `a lease of ${this.length} elements`;
    throw this.#block.leased ? new StaleLeaseError(what) : new UseAfterDisposeError(what);
  }
}

const smallestBlock = 256;

export class BufferPool implements BufferSource, Disposable {
  readonly #ledger: Ledger;
  readonly #kind: string;
  readonly #idle = new Map<number, Block[]>();
  #leased = 0;
  #leasedBytes = 0;
  #idleBytes = 0;
  #allocations = 0;
  #reuses = 0;
  #returns = 0;
  #disposed = false;

  /** @param options.kind Name of its buffers in the ledger. */
  constructor(options: { ledger?: Ledger | undefined; kind?: string } = {}) {
    this.#ledger = options.ledger ?? threadLedger;
    this.#kind = options.kind ?? 'PooledBuffer';
  }

  get counters(): BufferPoolCounters {
    return {
      leased: this.#leased,
      leasedBytes: this.#leasedBytes,
      idle: [...this.#idle.values()].reduce((count, blocks) => count + blocks.length, 0),
      idleBytes: this.#idleBytes,
      allocations: this.#allocations,
      reuses: this.#reuses,
      returns: this.#returns,
    };
  }

  lease<E extends ElementType>(type: E, length: number, options?: LeaseOptions): BufferLease<E> {
    if (this.#disposed) throw new UseAfterDisposeError('a buffer pool');
    const size = blockSizeOf(type, length);
    const block = this.#takeIdle(size) ?? this.#allocate(size, options);
    block.leased = true;
    block.generation += 1;
    this.#leased += 1;
    this.#leasedBytes += size;
    return new BufferLease(this, block, viewOf(block, type, length), length);
  }

  trim(keepBytes: number = 0): number {
    let dropped = 0;
    for (const size of [...this.#idle.keys()].sort((a, b) => b - a)) {
      const blocks = this.#idle.get(size) ?? [];
      while (this.#idleBytes > keepBytes) {
        const block = blocks.pop();
        if (block === undefined) break;
        this.#idleBytes -= size;
        dropped += this.#drop(block);
      }
    }
    return dropped;
  }

  /** Drops what is idle; what is still leased is dropped as it comes back. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.trim();
  }

  /** @internal Called by a lease that is returned. */
  takeBack(block: Block): void {
    const size = block.buffer.byteLength;
    block.generation += 1;
    block.leased = false;
    this.#leased -= 1;
    this.#leasedBytes -= size;
    this.#returns += 1;
    if (this.#disposed) {
      this.#drop(block);
      return;
    }
    this.#idleBytes += size;
    const blocks = this.#idle.get(size);
    if (blocks === undefined) this.#idle.set(size, [block]);
    else blocks.push(block);
  }

  #takeIdle(size: number): Block | undefined {
    const block = this.#idle.get(size)?.pop();
    if (block === undefined) return undefined;
    this.#idleBytes -= size;
    this.#reuses += 1;
    return block;
  }

  #allocate(size: number, options: LeaseOptions | undefined): Block {
    const { camera, stage } = options ?? {};
    const entry = this.#ledger.track({ kind: this.#kind, bytes: size, camera, stage, siteBelow: this.lease });
    this.#allocations += 1;
    return new Block(new ArrayBuffer(size), entry);
  }

  /** The bytes go at once, by `transfer(0)`: a collection would take its time. Views on them become empty. */
  #drop(block: Block): number {
    const bytes = block.buffer.byteLength;
    block.entry[Symbol.dispose]();
    block.view = undefined;
    block.buffer.transfer(0);
    return bytes;
  }
}

/** Four classes to each doubling, from 256 bytes on. @throws RangeError */
export function blockSizeOf(type: ElementType, length: number): number {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`length must be a whole number of at least 0, not ${length}`);
  }
  const bytes = length * bytesPerElement[type];
  if (bytes <= smallestBlock) return smallestBlock;
  const step = 2 ** (29 - Math.clz32(bytes));
  return bytes < 2 ** 31 ? Math.ceil(bytes / step) * step : Math.ceil(bytes / 2 ** 28) * 2 ** 28;
}

/** The block's view, made anew only when the type or the length differ from last time. */
function viewOf<E extends ElementType>(block: Block, type: E, length: number): ElementArrays[E] {
  const before = block.view;
  if (before !== undefined && before.length === length && before instanceof arrayOf[type]) {
    return before as ElementArrays[E];
  }
  const made = new arrayOf[type](block.buffer, 0, length) as ElementArrays[E];
  block.view = made;
  return made;
}

const arrayOf = {
  uint8: Uint8Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
