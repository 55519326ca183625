/** `new LimitingPool(new BufferPool(), budgetBytes)`: no allocation passes the limit. */
import type { BufferLease, BufferSource, ElementType, LeaseOptions } from './buffer-lease.ts';
import { BudgetExceededError } from './errors.ts';
import { PoolAdaptor } from './pool-adaptor.ts';

export class LimitingPool extends PoolAdaptor {
  readonly budgetBytes: number;
  readonly #name: string;

  /** @param name Stands in the error: `buffers of camera belt-1`. */
  constructor(upstream: BufferSource, budgetBytes: number, name: string = 'buffers') {
    super(upstream);
    if (!(budgetBytes >= 0))
      throw new RangeError(`budgetBytes must be a number of at least 0, not ${budgetBytes}`);
    this.budgetBytes = budgetBytes;
    this.#name = name;
  }

  /** Bytes that count: leased and idle alike, since both are taken from the system. */
  get heldBytes(): number {
    const { leasedBytes, idleBytes } = this.counters;
    return leasedBytes + idleBytes;
  }

  /** Idle buffers of other sizes make room. @throws BudgetExceededError before anything is allocated. */
  override lease<E extends ElementType>(type: E, length: number, options?: LeaseOptions): BufferLease<E> {
    const growth = this.upstream.wouldAllocate(type, length);
    if (growth > 0) this.#makeRoom(growth);
    return this.upstream.lease(type, length, options);
  }

  #makeRoom(growth: number): void {
    const over = this.heldBytes + growth - this.budgetBytes;
    if (over <= 0) return;
    // A lease that cannot be served must not cost the idle buffers that serve others.
    const { leasedBytes, idleBytes } = this.counters;
    if (leasedBytes + growth <= this.budgetBytes) {
      this.upstream.trim(Math.max(0, idleBytes - over));
      return;
    }
    throw new BudgetExceededError(this.#name, growth, this.budgetBytes, this.heldBytes);
  }
}
