/**
 * Shared memory in slabs of a few sizes, used again when a camera goes or changes its picture size.
 *
 * A dropped SharedArrayBuffer does not make V8's collector hurry (1,000 dropped blocks of 4.9 MB were seen to stand at
 * 4.7 GB): therefore slabs are kept and handed on, and one that is dropped counts against the budget until the collector
 * has really taken it. Contents are not cleared between holders.
 */
import { BudgetExceededError, UseAfterDisposeError } from './errors.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { ledger as threadLedger } from './thread-ledger.ts';

export interface SlabPoolOptions {
  readonly ledger?: Ledger | undefined;
  /** The most bytes of shared memory that this pool may hold, idle and dropped ones included. Default: no limit. */
  readonly budgetBytes?: number | undefined;
}

export interface SlabLeaseOptions {
  readonly camera?: string | undefined;
  readonly stage?: string | undefined;
}

/** Counts and bytes of a pool at one moment. */
export interface SlabPoolCounters {
  readonly leased: number;
  readonly leasedBytes: number;
  readonly idle: number;
  readonly idleBytes: number;
  /** Given back while another thread still worked on them: handed on once that has ended. */
  readonly detained: number;
  readonly detainedBytes: number;
  /** Dropped by `trim`, and not yet taken by the collector. */
  readonly condemnedBytes: number;
  readonly heldBytes: number;
  readonly allocations: number;
  readonly reuses: number;
}

const smallestSlab = 64 * 1024;
const page = 4096;

/** Four classes to each doubling (1, 1.25, 1.5, 1.75), in whole pages: at most a fifth of a slab lies idle. */
export function slabClassOf(byteLength: number): number {
  if (!Number.isSafeInteger(byteLength) || byteLength <= 0) {
    throw new RangeError(`a slab's byteLength must be a positive whole number, not ${byteLength}`);
  }
  if (byteLength <= smallestSlab) return smallestSlab;
  const doubling = 2 ** Math.floor(Math.log2(byteLength));
  const step = doubling / 4;
  return Math.ceil((Math.ceil(byteLength / step) * step) / page) * page;
}

/** A slab in somebody's hands. The holder disposes of it; twice is harmless. */
export class SlabLease implements Disposable {
  /** Bytes asked for; the slab behind may be larger. */
  readonly byteLength: number;
  /** Grows with each lease of the pool: tells one holder of a slab from the next. */
  readonly generation: number;
  /** Set by a holder whose slab other threads work on: the pool keeps it back as long as this answers true. */
  inUse: (() => boolean) | undefined;
  readonly #entry: LedgerEntry;
  readonly #giveBack: (lease: SlabLease, slab: SharedArrayBuffer) => void;
  #slab: SharedArrayBuffer | undefined;

  /** @internal Leases come from `SlabPool.lease`. */
  constructor(
    slab: SharedArrayBuffer,
    byteLength: number,
    generation: number,
    entry: LedgerEntry,
    giveBack: (lease: SlabLease, slab: SharedArrayBuffer) => void,
  ) {
    this.#slab = slab;
    this.byteLength = byteLength;
    this.generation = generation;
    this.#entry = entry;
    this.#giveBack = giveBack;
  }

  /** The whole slab. @throws UseAfterDisposeError */
  get buffer(): SharedArrayBuffer {
    if (this.#slab === undefined) throw new UseAfterDisposeError(`a slab of ${this.byteLength} bytes`);
    return this.#slab;
  }

  [Symbol.dispose](): void {
    const slab = this.#slab;
    if (slab === undefined) return;
    this.#slab = undefined;
    this.#entry[Symbol.dispose]();
    this.#giveBack(this, slab);
  }
}

export class SlabPool implements Disposable {
  readonly budgetBytes: number;
  readonly #ledger: Ledger;
  readonly #idle = new Map<number, { slab: SharedArrayBuffer; entry: LedgerEntry }[]>();
  readonly #detained = new Set<{ slab: SharedArrayBuffer; entry: LedgerEntry; inUse: () => boolean }>();
  readonly #collected = new FinalizationRegistry<number>((bytes) => {
    this.#condemnedBytes -= bytes;
  });
  #leased = 0;
  #leasedBytes = 0;
  #idleBytes = 0;
  #detainedBytes = 0;
  #condemnedBytes = 0;
  #allocations = 0;
  #reuses = 0;
  #disposed = false;

  constructor(options: SlabPoolOptions = {}) {
    this.#ledger = options.ledger ?? threadLedger;
    this.budgetBytes = options.budgetBytes ?? Number.POSITIVE_INFINITY;
  }

  get counters(): SlabPoolCounters {
    return {
      leased: this.#leased,
      leasedBytes: this.#leasedBytes,
      idle: [...this.#idle.values()].reduce((count, slabs) => count + slabs.length, 0),
      idleBytes: this.#idleBytes,
      detained: this.#detained.size,
      detainedBytes: this.#detainedBytes,
      condemnedBytes: this.#condemnedBytes,
      heldBytes: this.heldBytes,
      allocations: this.#allocations,
      reuses: this.#reuses,
    };
  }

  /** Bytes that count against the budget. */
  get heldBytes(): number {
    return this.#leasedBytes + this.#idleBytes + this.#detainedBytes + this.#condemnedBytes;
  }

  /**
   * A slab of at least `byteLength` bytes, its contents as the last holder left them. The caller owns the lease.
   * @throws BudgetExceededError before anything is allocated. RangeError for a length that is none.
   */
  lease(byteLength: number, about: SlabLeaseOptions = {}): SlabLease {
    if (this.#disposed) throw new UseAfterDisposeError('the slab pool');
    const size = slabClassOf(byteLength);
    this.#admitDetained();
    const slab = this.#takeIdle(size) ?? this.#allocate(size);
    this.#leased += 1;
    this.#leasedBytes += size;
    const { camera, stage } = about;
    const entry = this.#ledger.track({
      kind: 'Slab',
      bytes: size,
      camera,
      stage,
      always: true,
      siteBelow: this.lease,
    });
    const generation = this.#allocations + this.#reuses;
    return new SlabLease(slab, byteLength, generation, entry, (lease, given) => this.#takeBack(lease, given));
  }

  /** Drops idle slabs. @returns Bytes dropped; they are really free once the collector has run. */
  trim(keepBytes: number = 0): number {
    this.#admitDetained();
    let dropped = 0;
    for (const size of [...this.#idle.keys()].sort((a, b) => b - a)) {
      const slabs = this.#idle.get(size) ?? [];
      while (this.#idleBytes > keepBytes) {
        const one = slabs.pop();
        if (one === undefined) break;
        one.entry[Symbol.dispose]();
        this.#idleBytes -= size;
        this.#condemnedBytes += size;
        this.#collected.register(one.slab, size);
        dropped += size;
      }
      if (slabs.length === 0) this.#idle.delete(size);
    }
    return dropped;
  }

  /** Drops what is idle; what is still leased is dropped as it comes back. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.trim();
  }

  #takeIdle(size: number): SharedArrayBuffer | undefined {
    const one = this.#idle.get(size)?.pop();
    if (one === undefined) return undefined;
    one.entry[Symbol.dispose]();
    this.#idleBytes -= size;
    this.#reuses += 1;
    return one.slab;
  }

  #allocate(size: number): SharedArrayBuffer {
    if (this.heldBytes + size > this.budgetBytes) {
      this.trim(Math.max(0, this.#idleBytes - (this.heldBytes + size - this.budgetBytes)));
      if (this.heldBytes + size > this.budgetBytes) {
        const hint = this.#condemnedBytes > 0 ? `${this.#condemnedBytes} of them await the collector` : '';
        throw new BudgetExceededError('shared memory', size, this.budgetBytes, this.heldBytes, hint);
      }
    }
    this.#allocations += 1;
    return new SharedArrayBuffer(size);
  }

  #takeBack(lease: SlabLease, slab: SharedArrayBuffer): void {
    const size = slab.byteLength;
    this.#leased -= 1;
    this.#leasedBytes -= size;
    const inUse = lease.inUse;
    if (inUse?.() === true) {
      const entry = this.#ledger.track({ kind: 'DetainedSlab', bytes: size, stage: 'pool' });
      this.#detained.add({ slab, entry, inUse });
      this.#detainedBytes += size;
      return;
    }
    this.#addIdle(slab);
  }

  #admitDetained(): void {
    for (const one of this.#detained) {
      if (one.inUse()) continue;
      this.#detained.delete(one);
      this.#detainedBytes -= one.slab.byteLength;
      one.entry[Symbol.dispose]();
      this.#addIdle(one.slab);
    }
  }

  #addIdle(slab: SharedArrayBuffer): void {
    const size = slab.byteLength;
    const entry = this.#ledger.track({ kind: 'IdleSlab', bytes: size, stage: 'pool' });
    const slabs = this.#idle.get(size);
    if (slabs === undefined) this.#idle.set(size, [{ slab, entry }]);
    else slabs.push({ slab, entry });
    this.#idleBytes += size;
    if (this.#disposed) this.trim();
  }
}
