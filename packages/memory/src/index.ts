/** The public names of `@plateau/memory`. */
export { type Clock, monotonicSeconds } from './clock.ts';
export { Doorbell, type DoorbellHandle } from './doorbell.ts';
export {
  BudgetExceededError,
  DoubleReturnError,
  MemoryError,
  type MemoryErrorCode,
  StaleLeaseError,
  UseAfterDisposeError,
} from './errors.ts';
export { FrameRing, type FrameRingHandle, type FrameRingOptions } from './frame-ring.ts';
export { type LeakLevel, Ledger, LedgerEntry, type Tracked } from './ledger.ts';
export { diffLedgerSnapshots, type LedgerDiff, type LedgerGrowth } from './ledger-diff.ts';
export {
  type LedgerRecord,
  type LedgerSnapshot,
  type LedgerTotal,
  mergeLedgerSnapshots,
} from './ledger-snapshot.ts';
export type { RingCounters, RingReaderState } from './ring-control.ts';
export { ReadableSlot, RingReader } from './ring-reader.ts';
export { RingWriter, type RingWriterOptions, WritableSlot } from './ring-writer.ts';
export {
  SlabLease,
  type SlabLeaseOptions,
  SlabPool,
  type SlabPoolCounters,
  type SlabPoolOptions,
} from './slab-pool.ts';
export { ledger, threadName } from './thread-ledger.ts';
