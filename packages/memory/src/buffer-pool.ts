/**
 * Typed arrays that are used again: size classes over ArrayBuffers of this thread, handed out as leases. It has no limit
 * and keeps no statistics: those are adaptors over it (`LimitingPool`, `StatisticsPool`, `TrackingPool`, `LeakDetectingPool`).
 */
import {
  BufferLease,
  type BufferPoolCounters,
  type BufferSource,
  bytesPerElement,
  type ElementArrays,
  type ElementType,
  type LeasedBlock,
  type LeaseOptions,
} from './buffer-lease.ts';
import { UseAfterDisposeError } from './errors.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { threadAccounts } from './thread-accounts.ts';
import { ledger as threadLedger } from './thread-ledger.ts';

class Block implements LeasedBlock {
  readonly buffer: ArrayBuffer;
  readonly bytes: number;
  readonly entry: LedgerEntry;
  generation = 0;
  leased = false;
  /** Of the last lease; most sizes come again. */
  view: ElementArrays[ElementType] | undefined;

  constructor(buffer: ArrayBuffer, entry: LedgerEntry) {
    this.buffer = buffer;
    this.bytes = buffer.byteLength;
    this.entry = entry;
  }
}

const smallestBlock = 256;
const arrayOf = {
  uint8: Uint8Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export class BufferPool implements BufferSource {
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

  wouldAllocate(type: ElementType, length: number): number {
    const size = blockSizeOf(type, length);
    return (this.#idle.get(size)?.length ?? 0) > 0 ? 0 : size;
  }

  trim(keepBytes: number = 0): number {
    let dropped = 0;
    for (const size of [...this.#idle.keys()].sort((a, b) => b - a)) {
      const blocks = this.#idle.get(size) ?? [];
      while (this.#idleBytes > keepBytes) {
        const block = blocks.pop();
        if (block === undefined) break;
        this.#idleBytes -= size;
        dropped += drop(block);
      }
      if (blocks.length === 0) this.#idle.delete(size);
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
    const size = block.bytes;
    block.generation += 1;
    block.leased = false;
    this.#leased -= 1;
    this.#leasedBytes -= size;
    this.#returns += 1;
    // Bytes that the holder has transferred elsewhere are no longer this pool's.
    if (this.#disposed || block.buffer.detached) {
      drop(block);
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
    // First, since the system may refuse it.
    const buffer = new ArrayBuffer(size);
    const entry = this.#ledger.track({ kind: this.#kind, bytes: size, camera, stage, siteBelow: this.lease });
    this.#allocations += 1;
    threadAccounts.poolBytes += size;
    return new Block(buffer, entry);
  }
}

/** Bytes of the block for such a lease: four classes to each doubling, from 256 bytes on. @throws RangeError */
export function blockSizeOf(type: ElementType, length: number): number {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`length must be a whole number of at least 0, not ${length}`);
  }
  const bytes = length * bytesPerElement[type];
  if (bytes <= smallestBlock) return smallestBlock;
  const step = bytes < 2 ** 31 ? 2 ** (29 - Math.clz32(bytes)) : 2 ** 28;
  return Math.ceil(bytes / step) * step;
}

/** Frees the bytes at once, by `transfer(0)`: a collection would take its time. Views on them become empty. */
function drop(block: Block): number {
  const { bytes } = block;
  threadAccounts.poolBytes -= bytes;
  block.entry[Symbol.dispose]();
  block.view = undefined;
  if (!block.buffer.detached) block.buffer.transfer(0);
  return bytes;
}

function viewOf<E extends ElementType>(block: Block, type: E, length: number): ElementArrays[E] {
  const before = block.view;
  if (before !== undefined && before.length === length && before instanceof arrayOf[type]) {
    return before as ElementArrays[E];
  }
  const made = new arrayOf[type](block.buffer, 0, length) as ElementArrays[E];
  block.view = made;
  return made;
}
