/** The public names of `@plateau/memory`. */
export { readAllowedCpus } from './allowed-cpus.ts';
export { AtomicCounter, type AtomicCounterHandle } from './atomic-counter.ts';
export {
  BufferLease,
  type BufferPoolCounters,
  type BufferSource,
  type ElementArrays,
  type ElementType,
  type LeaseObserver,
  type LeaseOptions,
} from './buffer-lease.ts';
export { BufferPool } from './buffer-pool.ts';
export { BusyGuard, type BusyGuardHandle } from './busy-guard.ts';
export type { CallProfile } from './call-meter.ts';
export { type MemoryLimit, readMemoryLimit } from './cgroup-limit.ts';
export { type Clock, monotonicSeconds, processSeconds } from './clock.ts';
export { collectAndFinalize, collectNow } from './collector.ts';
export { CopyCounts, type CopySite, type CopyTicket, copyCounts } from './copy-counts.ts';
export { CopyOnWrite } from './copy-on-write.ts';
export { Doorbell, type DoorbellHandle } from './doorbell.ts';
export {
  BudgetExceededError,
  DoubleReturnError,
  MemoryError,
  type MemoryErrorCode,
  StaleLeaseError,
  UseAfterDisposeError,
} from './errors.ts';
export {
  FlatMemoryGate,
  type FlatMemoryGateOptions,
  type GateVerdict,
  type LeakOwner,
} from './flat-memory-gate.ts';
export { assessFlatness, type Flatness, type FlatnessOptions, type MemoryPoint } from './flatness.ts';
export { FrameRing, type FrameRingHandle, type FrameRingOptions } from './frame-ring.ts';
export { GpuMemoryScope, releaseTensor, type TensorLike } from './gpu-memory-scope.ts';
export { GrowingCounts, type Growth, type GrowthRule } from './growing-counts.ts';
export {
  absoluteDifference,
  add,
  blend,
  clamp,
  maximum,
  multiply,
  type Numbers,
  subtract,
  threshold,
} from './kernels.ts';
export { LatestQueue, type LatestQueueCounters } from './latest-queue.ts';
export { type ForgottenLease, LeakDetectingPool } from './leak-detecting-pool.ts';
export { type LeakLevel, Ledger, LedgerEntry, type Tracked } from './ledger.ts';
export { diffLedgerSnapshots, type LedgerDiff, type LedgerGrowth } from './ledger-diff.ts';
export {
  type LedgerPlace,
  type LedgerRecord,
  type LedgerSnapshot,
  type LedgerTotal,
  mergeLedgerSnapshots,
} from './ledger-snapshot.ts';
export { LimitingPool } from './limiting-pool.ts';
export { findMallocTrim, type MallocTrim } from './malloc-trim.ts';
export {
  MemoryBudget,
  type MemoryBudgetOptions,
  type Reservation,
  type ReserveOptions,
  type Sacrifice,
} from './memory-budget.ts';
export { logCpuMemory, logGpuMemory, type MemoryLogSink, megabytes } from './memory-log.ts';
export { type MemoryMetricsSources, memoryMetrics } from './memory-metrics.ts';
export {
  type GpuMemory,
  MemoryMonitor,
  type MemoryMonitorOptions,
  type MemorySample,
} from './memory-monitor.ts';
export { AsyncMemoryScope, MemoryScope } from './memory-scope.ts';
export { type MemoryLevel, MemoryThreshold, type MemoryThresholdOptions } from './memory-threshold.ts';
export { MemoryWatch, type MemoryWatchOptions } from './memory-watch.ts';
export { findMistakes, type Mistake, type MistakeSources } from './mistakes.ts';
export { Nvml } from './nvml.ts';
export { loadNvml, type NvmlLibrary } from './nvml-library.ts';
export { ownResidentBytes } from './own-resident-bytes.ts';
export { peakRssBytes } from './peak-rss.ts';
export { PeriodicCleanup, type PeriodicCleanupOptions } from './periodic-cleanup.ts';
export { ledgerPileUps, type PileUp, PileUpDetector, type PileUpOptions } from './pile-up-detector.ts';
export { type LeakPlace, PlantedLeak } from './planted-leak.ts';
export { PoolAdaptor } from './pool-adaptor.ts';
export { profile } from './profile.ts';
export { callTable, functionTable, stageTable } from './profile-table.ts';
export type { FunctionRow } from './profiler/function-sampler.ts';
export type { LineRow } from './profiler/line-recorder.ts';
export { type PprofFrame, type PprofSample, type PprofType, pprofFile } from './profiler/pprof.ts';
export {
  type LineProfile,
  type LineProfileOptions,
  lineTable,
  profileLines,
} from './profiler/profile-lines.ts';
export { profilePage } from './profiler/profile-page.ts';
export { type ProgramLines, type ProgramProfile, programProfile } from './profiler/program-profile.ts';
export { linePprof, stagePprof } from './profiler/stage-pprof.ts';
export {
  type ProfileOrder,
  profileVariable,
  refusalFile,
  type ThreadFailure,
  type ThreadLines,
  type ThreadRecord,
} from './profiler/thread-record.ts';
export {
  ReclaimLadder,
  type ReclaimLadderOptions,
  type ReclaimReport,
  type ReclaimStep,
  type ReclaimStepReport,
} from './reclaim-ladder.ts';
export { collectorStep, idleBuffersStep, idleSlabsStep, mallocTrimStep } from './reclaim-steps.ts';
export { ResidentPages } from './resident-pages.ts';
export type { RingCounters } from './ring-control.ts';
export { ReadableSlot, RingReader } from './ring-reader.ts';
export type { RingReaderState } from './ring-reading.ts';
export { RingWriter, type RingWriterOptions, WritableSlot } from './ring-writer.ts';
export { SlabLease } from './slab-lease.ts';
export {
  type SlabLeaseOptions,
  SlabPool,
  type SlabPoolCounters,
  type SlabPoolOptions,
} from './slab-pool.ts';
export { stage, staged } from './stage.ts';
export { StageProfiler } from './stage-profiler.ts';
export type { StageMeasure, StageReading, StageReport, StageRow, StageSample } from './stage-report.ts';
export { type PoolStatistics, StatisticsPool } from './statistics-pool.ts';
export { ledger, threadName } from './thread-ledger.ts';
export { ThreadLocal, type ThreadLocalOptions } from './thread-local.ts';
export { type ThreadMemory, threadMemory } from './thread-memory.ts';
export { TrackingPool } from './tracking-pool.ts';
