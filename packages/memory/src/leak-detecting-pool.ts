/**
 * Finds leases that the collector took before they were returned, and names the line that took them. It never returns
 * them: their bytes are gone from the pool, and stay in its `leased` count.
 */
import type { BufferLease, BufferSource, ElementType, LeaseObserver, LeaseOptions } from './buffer-lease.ts';
import { creationSite } from './creation-site.ts';
import type { LeakLevel } from './ledger.ts';
import { PoolAdaptor } from './pool-adaptor.ts';

/** A lease that nobody returned. */
export interface ForgottenLease {
  /** `file:line:column` of the call to `lease`. */
  readonly site: string;
  readonly bytes: number;
  readonly camera: string | undefined;
  readonly stage: string | undefined;
}

const sampleMask = 127;

export class LeakDetectingPool extends PoolAdaptor implements LeaseObserver {
  /** `simple` watches one lease in 128, the first included; `paranoid` each. */
  leakLevel: LeakLevel;
  /** Told of each forgotten lease, after a collection and a turn of the event loop. */
  onForgotten: ((lease: ForgottenLease) => void) | undefined;
  readonly #registry = new FinalizationRegistry<ForgottenLease>((about) => {
    this.#forgotten += 1;
    this.onForgotten?.(about);
  });
  #leases = 0;
  #forgotten = 0;

  constructor(upstream: BufferSource, leakLevel: LeakLevel = 'simple') {
    super(upstream);
    this.leakLevel = leakLevel;
  }

  /** Forgotten leases found so far; at `simple` about one in 128 of what there are. */
  get forgotten(): number {
    return this.#forgotten;
  }

  override lease<E extends ElementType>(type: E, length: number, options?: LeaseOptions): BufferLease<E> {
    const lease = this.upstream.lease(type, length, options);
    if (this.leakLevel === 'off') return lease;
    const isWatched = this.leakLevel === 'paranoid' || (this.#leases & sampleMask) === 0;
    this.#leases += 1;
    if (isWatched) this.#watch(lease, options);
    return lease;
  }

  leaseReturned(lease: BufferLease<ElementType>): void {
    this.#registry.unregister(lease);
  }

  #watch(lease: BufferLease<ElementType>, options: LeaseOptions | undefined): void {
    const { camera, stage } = options ?? {};
    const site = creationSite(this.lease);
    this.#registry.register(lease, { site, bytes: lease.blockBytes, camera, stage }, lease);
    lease.observe(this);
  }
}
