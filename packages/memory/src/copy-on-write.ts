/**
 * A buffer that several hold and that is copied only when one of them wants to change what another still reads: the
 * document's `frame.copy() if need_modify else frame`, without anybody having to know.
 */
import type { BufferLease, BufferSource, ElementArrays, ElementType } from './buffer-lease.ts';
import { type CopyCounts, type CopyTicket, copyCounts } from './copy-counts.ts';
import { UseAfterDisposeError } from './errors.ts';

/** The bytes, and how many hold them. */
interface Shared<E extends ElementType> {
  readonly lease: BufferLease<E>;
  /** Where they were copied on demand, who is told at their end whether that was needed. */
  readonly ticket?: CopyTicket | undefined;
  holders: number;
  written: boolean;
}

export class CopyOnWrite<E extends ElementType> implements Disposable {
  readonly #type: E;
  readonly #pool: BufferSource;
  readonly #counts: CopyCounts;
  #shared: Shared<E> | undefined;

  private constructor(type: E, pool: BufferSource, counts: CopyCounts, shared: Shared<E>) {
    this.#type = type;
    this.#pool = pool;
    this.#counts = counts;
    this.#shared = shared;
  }

  /** Takes over a lease. Copies come from `pool`. The caller owns the holder, and no longer the lease. */
  static take<E extends ElementType>(
    type: E,
    lease: BufferLease<E>,
    pool: BufferSource,
    counts: CopyCounts = copyCounts,
  ): CopyOnWrite<E> {
    return new CopyOnWrite(type, pool, counts, { lease, holders: 1, written: false });
  }

  /** Another holder of the same bytes; nothing is copied. The caller owns it. */
  share(): CopyOnWrite<E> {
    const shared = this.#check();
    shared.holders += 1;
    return new CopyOnWrite(this.#type, this.#pool, this.#counts, shared);
  }

  /** A holder of bytes of its own, copied now. Counts as needless when its last holder ends and nobody has written to it. */
  copy(): CopyOnWrite<E> {
    const shared = this.#check();
    // Counted once it is there: the pool may refuse it.
    const lease = this.#copyOf(shared);
    const ticket = this.#counts.count(lease.data.byteLength, this.copy);
    return new CopyOnWrite(this.#type, this.#pool, this.#counts, {
      lease,
      ticket,
      holders: 1,
      written: false,
    });
  }

  /** How many hold these bytes, this one included. */
  get holders(): number {
    return this.#check().holders;
  }

  /** To be read only. Borrowed: what it shows changes hands with this holder. */
  get data(): Readonly<ElementArrays[E]> {
    return this.#check().lease.data;
  }

  /** To be written. The bytes are copied first if anybody else holds them, and the copy is counted for the calling line. */
  write(): ElementArrays[E] {
    const shared = this.#check();
    if (shared.holders === 1) {
      shared.written = true;
      return shared.lease.data;
    }
    const lease = this.#copyOf(shared);
    this.#counts.count(lease.data.byteLength, this.write);
    shared.holders -= 1;
    this.#shared = { lease, holders: 1, written: true };
    return lease.data;
  }

  /** Lets go; the last holder returns the bytes to the pool. Twice is harmless. */
  [Symbol.dispose](): void {
    const shared = this.#shared;
    if (shared === undefined) return;
    this.#shared = undefined;
    shared.holders -= 1;
    if (shared.holders > 0) return;
    shared.ticket?.done(shared.written);
    shared.lease.return();
  }

  #copyOf(shared: Shared<E>): BufferLease<E> {
    const source = shared.lease.data;
    const lease = this.#pool.lease(this.#type, source.length);
    lease.data.set(source);
    return lease;
  }

  #check(): Shared<E> {
    if (this.#shared === undefined) throw new UseAfterDisposeError('a holder of a shared buffer');
    return this.#shared;
  }
}
