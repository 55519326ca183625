/** Enters each lease in the ledger, by camera and stage: who holds what, and since when. About 1 µs a lease. */
import type { BufferLease, BufferSource, ElementType, LeaseOptions } from './buffer-lease.ts';
import type { Ledger } from './ledger.ts';
import { PoolAdaptor } from './pool-adaptor.ts';
import { ledger as threadLedger } from './thread-ledger.ts';

export class TrackingPool extends PoolAdaptor {
  readonly #ledger: Ledger;
  readonly #kind: string;

  /**
   * The pool's own buffers stand in the ledger already, under the pool's kind; these entries say who holds them, and so
   * have no bytes of their own.
   */
  constructor(upstream: BufferSource, options: { ledger?: Ledger; kind?: string } = {}) {
    super(upstream);
    this.#ledger = options.ledger ?? threadLedger;
    this.#kind = options.kind ?? 'BufferLease';
  }

  override lease<E extends ElementType>(type: E, length: number, options?: LeaseOptions): BufferLease<E> {
    const lease = this.upstream.lease(type, length, options);
    const { camera, stage } = options ?? {};
    const entry = this.#ledger.track({ kind: this.#kind, bytes: 0, camera, stage, siteBelow: this.lease });
    lease.observe({ leaseReturned: () => entry[Symbol.dispose]() });
    return lease;
  }
}
