/** Counts what goes through a pool: how much at most, for whom, and how often an idle buffer served. */
import type { BufferLease, ElementType, LeaseObserver, LeaseOptions } from './buffer-lease.ts';
import { PoolAdaptor } from './pool-adaptor.ts';

export interface PoolStatistics {
  readonly leases: number;
  readonly returns: number;
  /** The most that was leased at one moment. */
  readonly peakLeased: number;
  readonly peakLeasedBytes: number;
  /** Share of leases that needed no allocation, from 0 to 1; 1 when there was none. */
  readonly reuseRatio: number;
  /** Beyond 128 names: `(others)`. */
  readonly leasesByStage: Readonly<Record<string, number>>;
  readonly leasesByCamera: Readonly<Record<string, number>>;
}

export class StatisticsPool extends PoolAdaptor implements LeaseObserver {
  readonly #byStage = new Map<string, number>();
  readonly #byCamera = new Map<string, number>();
  #leases = 0;
  #returns = 0;
  #reuses = 0;
  #leasedBytes = 0;
  #peakLeased = 0;
  #peakLeasedBytes = 0;

  get statistics(): PoolStatistics {
    return {
      leases: this.#leases,
      returns: this.#returns,
      peakLeased: this.#peakLeased,
      peakLeasedBytes: this.#peakLeasedBytes,
      reuseRatio: this.#leases === 0 ? 1 : this.#reuses / this.#leases,
      leasesByStage: Object.fromEntries(this.#byStage),
      leasesByCamera: Object.fromEntries(this.#byCamera),
    };
  }

  override lease<E extends ElementType>(type: E, length: number, options?: LeaseOptions): BufferLease<E> {
    const isReuse = this.upstream.wouldAllocate(type, length) === 0;
    const lease = this.upstream.lease(type, length, options);
    this.#leases += 1;
    if (isReuse) this.#reuses += 1;
    this.#leasedBytes += lease.blockBytes;
    this.#peakLeased = Math.max(this.#peakLeased, this.#leases - this.#returns);
    this.#peakLeasedBytes = Math.max(this.#peakLeasedBytes, this.#leasedBytes);
    if (options?.stage !== undefined) countOne(this.#byStage, options.stage);
    if (options?.camera !== undefined) countOne(this.#byCamera, options.camera);
    lease.observe(this);
    return lease;
  }

  leaseReturned(lease: BufferLease<ElementType>): void {
    this.#returns += 1;
    this.#leasedBytes -= lease.blockBytes;
  }
}

/** Names made up at run time must not grow without end. */
const mostNames = 128;
const otherNames = '(others)';

function countOne(counts: Map<string, number>, name: string): void {
  const known = counts.has(name) || counts.size < mostNames ? name : otherNames;
  counts.set(known, (counts.get(known) ?? 0) + 1);
}
