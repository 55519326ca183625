/**
 * Shared memory in slabs of a few sizes, used again when a camera goes or changes its picture size.
 *
 * A dropped SharedArrayBuffer does not make V8's collector hurry (1,000 dropped blocks of 4.9 MB were seen to stand at
 * 4.7 GB): therefore slabs are kept and handed on, and one that is dropped counts against the budget until the collector
 * has really taken it. Contents are not cleared between holders.
 */
import { UseAfterDisposeError } from './errors.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { MemoryBudget, type Reservation } from './memory-budget.ts';
import { SlabLease } from './slab-lease.ts';
import { threadAccounts } from './thread-accounts.ts';
import { ledger as threadLedger } from './thread-ledger.ts';

export interface SlabPoolOptions {
  readonly ledger?: Ledger | undefined;
  /** The most bytes of shared memory that this pool may hold, idle and dropped ones included. Default: no limit. */
  readonly budgetBytes?: number | undefined;
  /** A budget that others share, instead: leases count against their camera's part of it. */
  readonly budget?: MemoryBudget | undefined;
}

export interface SlabLeaseOptions {
  readonly camera?: string | undefined;
  readonly stage?: string | undefined;
  /** Needed to raise alarms: may use what the budget sets aside for that. */
  readonly alarmPath?: boolean | undefined;
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

/** A slab in the pool's own hands. It counts against the whole budget, and against no camera's. */
interface RestingSlab {
  readonly slab: SharedArrayBuffer;
  readonly entry: LedgerEntry;
  readonly reservation: Reservation;
}

/** Bytes of one pool that were dropped and not yet collected. */
class CondemnedBytes {
  bytes = 0;
}

/** The module's, since a registry dies with who holds it: what a pool dropped comes back to its budget after the pool, too. */
const collected = new FinalizationRegistry<{ reservation: Reservation; condemned: CondemnedBytes }>(
  ({ reservation, condemned }) => {
    condemned.bytes -= reservation.bytes;
    reservation[Symbol.dispose]();
  },
);

export class SlabPool implements Disposable {
  readonly #budget: MemoryBudget;
  readonly #ledger: Ledger;
  readonly #idle = new Map<number, RestingSlab[]>();
  readonly #detained = new Set<RestingSlab & { readonly inUse: () => boolean }>();
  readonly #condemned = new CondemnedBytes();
  #leased = 0;
  #leasedBytes = 0;
  #idleBytes = 0;
  #detainedBytes = 0;
  #allocations = 0;
  #reuses = 0;
  #disposed = false;

  constructor(options: SlabPoolOptions = {}) {
    this.#ledger = options.ledger ?? threadLedger;
    this.#budget =
      options.budget ?? new MemoryBudget('shared memory', options.budgetBytes ?? Number.POSITIVE_INFINITY);
  }

  get counters(): SlabPoolCounters {
    return {
      leased: this.#leased,
      leasedBytes: this.#leasedBytes,
      idle: [...this.#idle.values()].reduce((count, slabs) => count + slabs.length, 0),
      idleBytes: this.#idleBytes,
      detained: this.#detained.size,
      detainedBytes: this.#detainedBytes,
      condemnedBytes: this.#condemned.bytes,
      heldBytes: this.heldBytes,
      allocations: this.#allocations,
      reuses: this.#reuses,
    };
  }

  /** Bytes that count against the budget. */
  get heldBytes(): number {
    return this.#leasedBytes + this.#idleBytes + this.#detainedBytes + this.#condemned.bytes;
  }

  /**
   * A slab of at least `byteLength` bytes, its contents as the last holder left them. The caller owns the lease.
   * @throws BudgetExceededError before anything is allocated. RangeError for a length that is none, or that
   *   the system has no memory for.
   */
  lease(byteLength: number, about: SlabLeaseOptions = {}): SlabLease {
    if (this.#disposed) throw new UseAfterDisposeError('the slab pool');
    this.#admitDetained();
    const { slab, reservation } = this.#take(slabClassOf(byteLength), about);
    const size = slab.byteLength;
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
    const giveBack = (lease: SlabLease, given: SharedArrayBuffer): void => this.#takeBack(lease, given);
    return new SlabLease(slab, byteLength, generation, entry, reservation, giveBack);
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
        threadAccounts.poolBytes -= size;
        this.#condemned.bytes += size;
        collected.register(one.slab, { reservation: one.reservation, condemned: this.#condemned });
        dropped += size;
      }
      if (slabs.length === 0) this.#idle.delete(size);
    }
    return dropped;
  }

  /**
   * Drops what is idle, and what other threads still work on: nobody comes after them. What is still leased is dropped as it
   * comes back.
   */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.trim();
  }

  #takeIdle(size: number): RestingSlab | undefined {
    const one = this.#idle.get(size)?.pop();
    if (one === undefined) return undefined;
    one.entry[Symbol.dispose]();
    one.reservation[Symbol.dispose]();
    this.#idleBytes -= size;
    return one;
  }

  /** An idle slab of the class, else a new one, else (where the budget allows no new one) a larger idle one. */
  #take(size: number, about: SlabLeaseOptions): { slab: SharedArrayBuffer; reservation: Reservation } {
    const idle = this.#takeIdle(size);
    if (idle !== undefined) return this.#reuse(idle, about);
    try {
      return this.#allocate(size, about);
    } catch (error) {
      const larger = [...this.#idle.keys()].sort((a, b) => a - b).find((other) => other > size);
      const fallback = larger === undefined ? undefined : this.#takeIdle(larger);
      if (fallback !== undefined) return this.#reuse(fallback, about);
      // Too small to serve: once the collector has taken them, the next attempt will find their bytes free.
      this.trim(Math.max(0, this.#idleBytes - size));
      throw error;
    }
  }

  /** @throws BudgetExceededError; RangeError where the system has no memory, and then nothing is reserved. */
  #allocate(size: number, about: SlabLeaseOptions): { slab: SharedArrayBuffer; reservation: Reservation } {
    using undo = new DisposableStack();
    const reservation = undo.use(this.#reserve(size, about));
    const slab = new SharedArrayBuffer(size);
    undo.move();
    this.#allocations += 1;
    threadAccounts.poolBytes += size;
    return { slab, reservation };
  }

  #reuse(
    { slab }: RestingSlab,
    about: SlabLeaseOptions,
  ): { slab: SharedArrayBuffer; reservation: Reservation } {
    try {
      const reservation = this.#reserve(slab.byteLength, about);
      this.#reuses += 1;
      return { slab, reservation };
    } catch (error) {
      this.#addIdle(slab);
      throw error;
    }
  }

  /** @throws BudgetExceededError */
  #reserve(size: number, { camera, alarmPath }: SlabLeaseOptions): Reservation {
    const { bytes } = this.#condemned;
    const waiting = bytes > 0 ? `, while ${bytes} dropped bytes await the collector` : '';
    const purpose = `a slab of shared memory${waiting}`;
    return this.#budget.forCamera(camera).reserve(size, { alarmPath, purpose });
  }

  #takeBack(lease: SlabLease, slab: SharedArrayBuffer): void {
    const size = slab.byteLength;
    this.#leased -= 1;
    this.#leasedBytes -= size;
    const inUse = lease.inUse;
    if (!this.#disposed && inUse?.() === true) {
      const entry = this.#ledger.track({ kind: 'DetainedSlab', bytes: size, stage: 'pool' });
      this.#detained.add({
        slab,
        entry,
        reservation: this.#budget.reserve(size, { alarmPath: true }),
        inUse,
      });
      this.#detainedBytes += size;
      return;
    }
    this.#addIdle(slab);
  }

  #admitDetained(): void {
    for (const one of this.#detained) {
      if (!this.#disposed && one.inUse()) continue;
      this.#detained.delete(one);
      this.#detainedBytes -= one.slab.byteLength;
      one.entry[Symbol.dispose]();
      one.reservation[Symbol.dispose]();
      this.#addIdle(one.slab);
    }
  }

  #addIdle(slab: SharedArrayBuffer): void {
    const size = slab.byteLength;
    const entry = this.#ledger.track({ kind: 'IdleSlab', bytes: size, stage: 'pool' });
    // Freed a moment ago by the holder, so it fits; with the alarm path's right, since it is no new memory.
    const one = { slab, entry, reservation: this.#budget.reserve(size, { alarmPath: true }) };
    const slabs = this.#idle.get(size);
    if (slabs === undefined) this.#idle.set(size, [one]);
    else slabs.push(one);
    this.#idleBytes += size;
    if (this.#disposed) this.trim();
  }
}
