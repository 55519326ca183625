/** What all adaptors have in common: they are sources themselves, and pass on to the source beneath. They own it. */
import type {
  BufferLease,
  BufferPoolCounters,
  BufferSource,
  ElementType,
  LeaseOptions,
} from './buffer-lease.ts';

export abstract class PoolAdaptor implements BufferSource {
  protected readonly upstream: BufferSource;

  constructor(upstream: BufferSource) {
    this.upstream = upstream;
  }

  get counters(): BufferPoolCounters {
    return this.upstream.counters;
  }

  lease<E extends ElementType>(type: E, length: number, options?: LeaseOptions): BufferLease<E> {
    return this.upstream.lease(type, length, options);
  }

  wouldAllocate(type: ElementType, length: number): number {
    return this.upstream.wouldAllocate(type, length);
  }

  trim(keepBytes?: number): number {
    return this.upstream.trim(keepBytes);
  }

  [Symbol.dispose](): void {
    this.upstream[Symbol.dispose]();
  }
}
