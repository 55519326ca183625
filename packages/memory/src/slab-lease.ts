/** A slab of shared memory in somebody's hands, from `SlabPool.lease` until it is disposed of. */
import { UseAfterDisposeError } from './errors.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Reservation } from './memory-budget.ts';

/** A slab in somebody's hands. The holder disposes of it; twice is harmless. */
export class SlabLease implements Disposable {
  /** Bytes asked for; the slab behind may be larger. */
  readonly byteLength: number;
  /** Grows with each lease of the pool: tells one holder of a slab from the next. */
  readonly generation: number;
  /** Set by a holder whose slab other threads work on: the pool keeps it back as long as this answers true. */
  inUse: (() => boolean) | undefined;
  readonly #entry: LedgerEntry;
  readonly #reservation: Reservation;
  readonly #giveBack: (lease: SlabLease, slab: SharedArrayBuffer) => void;
  #slab: SharedArrayBuffer | undefined;

  /** @internal Leases come from `SlabPool.lease`. */
  constructor(
    slab: SharedArrayBuffer,
    byteLength: number,
    generation: number,
    entry: LedgerEntry,
    reservation: Reservation,
    giveBack: (lease: SlabLease, slab: SharedArrayBuffer) => void,
  ) {
    this.#slab = slab;
    this.byteLength = byteLength;
    this.generation = generation;
    this.#entry = entry;
    this.#reservation = reservation;
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
    this.#reservation[Symbol.dispose]();
    this.#giveBack(this, slab);
  }
}
