/** A typed array in somebody's hands, and what a pool and its adaptors have to know of one another for it. */
import { DoubleReturnError, StaleLeaseError, UseAfterDisposeError } from './errors.ts';

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
  /** Whole blocks, of which a lease may use a part. */
  readonly leasedBytes: number;
  readonly idle: number;
  readonly idleBytes: number;
  readonly allocations: number;
  readonly reuses: number;
  readonly returns: number;
}

/** Something that leases buffers: a pool, or an adaptor over one. */
export interface BufferSource extends Disposable {
  /**
   * The caller owns the lease. The contents are what the last holder left.
   * @param length In elements.
   * @throws RangeError for a length that is none. BudgetExceededError before an allocation that would pass a limit.
   */
  lease<E extends ElementType>(type: E, length: number, options?: LeaseOptions): BufferLease<E>;
  readonly counters: BufferPoolCounters;
  /** Bytes that such a lease would have to allocate: 0 where an idle buffer serves. */
  wouldAllocate(type: ElementType, length: number): number;
  /** Drops idle buffers until at most `keepBytes` of them are left. @returns Bytes dropped. */
  trim(keepBytes?: number): number;
}

/** Told when a lease ends. An adaptor that has to know registers with the lease. */
export interface LeaseObserver {
  leaseReturned(lease: BufferLease<ElementType>): void;
}

/** @internal One allocation of a pool. */
export interface LeasedBlock {
  readonly buffer: ArrayBuffer;
  /** Of the buffer, also after somebody has transferred it. */
  readonly bytes: number;
  /** Changes at each lease and each return. */
  generation: number;
  leased: boolean;
}

/** @internal Where a lease goes back to. */
export interface BlockOwner<B extends LeasedBlock> {
  takeBack(block: B): void;
}

/** A typed array in somebody's hands, until it is returned. An object of its own for each holder. */
export class BufferLease<E extends ElementType> implements Disposable {
  /** In elements. */
  readonly length: number;
  readonly generation: number;
  readonly #owner: BlockOwner<LeasedBlock>;
  readonly #block: LeasedBlock;
  readonly #data: ElementArrays[E];
  #observer: LeaseObserver | readonly LeaseObserver[] | undefined;

  /** @internal Leases come from a pool. */
  constructor(owner: BlockOwner<LeasedBlock>, block: LeasedBlock, data: ElementArrays[E], length: number) {
    this.#owner = owner;
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

  /** Bytes of the block behind, at least those of `length` elements: what a limit counts. */
  get blockBytes(): number {
    return this.#block.bytes;
  }

  get returned(): boolean {
    return this.#block.generation !== this.generation;
  }

  /** Gives the buffer back. @throws DoubleReturnError when that has happened already, in whatever way. */
  return(): void {
    if (this.returned) throw new DoubleReturnError(`a lease of ${this.length} elements`);
    this.#end();
  }

  /** As `return`, but harmless after it: for `using`. */
  [Symbol.dispose](): void {
    if (!this.returned) this.#end();
  }

  /**
   * Adds somebody to be told of the return, before the buffer can go to the next holder. What one of them throws comes out
   * of the return, after the others were told and the buffer has gone back.
   * @throws UseAfterDisposeError, StaleLeaseError
   */
  observe(observer: LeaseObserver): void {
    if (this.returned) this.#refuse();
    const before = this.#observer;
    if (before === undefined) this.#observer = observer;
    else this.#observer = 'leaseReturned' in before ? [before, observer] : [...before, observer];
  }

  #end(): void {
    const observer = this.#observer;
    // Each is told once, also where one of them returns the lease itself.
    this.#observer = undefined;
    try {
      if (observer !== undefined) {
        if ('leaseReturned' in observer) observer.leaseReturned(this);
        else tell(observer, this, 0);
      }
    } finally {
      if (!this.returned) this.#owner.takeBack(this.#block);
    }
  }

  #refuse(): never {
    const what = `a lease of ${this.length} elements`;
    throw this.#block.leased ? new StaleLeaseError(what) : new UseAfterDisposeError(what);
  }
}

/** Tells all of them, whatever one throws. */
function tell(observers: readonly LeaseObserver[], lease: BufferLease<ElementType>, at: number): void {
  try {
    observers[at]?.leaseReturned(lease);
  } finally {
    if (at + 1 < observers.length) tell(observers, lease, at + 1);
  }
}
