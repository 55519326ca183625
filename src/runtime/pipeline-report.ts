import {
  type LedgerSnapshot,
  ledger,
  mergeLedgerSnapshots,
  type ThreadMemory,
  threadMemory,
  threadName,
} from '@plateau/memory';
import type { ThreadReport } from './thread-protocol.ts';
import type { UpkeepCounters } from './upkeep.ts';

/** Memory and busy time of all threads of a pipeline. */
export interface PipelineReport {
  readonly ledger: LedgerSnapshot;
  /** Busy seconds by stage since the start. */
  readonly busySeconds: Readonly<Record<string, number>>;
  /** What the threads have done since the start. */
  readonly counts: Readonly<Record<string, number>>;
  readonly upkeep: UpkeepCounters;
  /** What each thread uses, the main thread first. */
  readonly threads: readonly ThreadMemory[];
  /** V8's used heap over all threads. */
  readonly heapUsedBytes: number;
}

/** Adds up what the worker threads reported, and what the main thread holds now. */
export function pipelineReport(reports: readonly ThreadReport[], upkeep: UpkeepCounters): PipelineReport {
  const threads = [threadMemory(threadName), ...reports.map((report) => report.memory)];
  return {
    threads,
    upkeep,
    counts: Object.assign({}, ...reports.map((report) => report.counts)),
    heapUsedBytes: threads.reduce((sum, thread) => sum + thread.heapUsedBytes, 0),
    ledger: mergeLedgerSnapshots([ledger.snapshot(), ...reports.map((report) => report.ledger)]),
    busySeconds: Object.assign({}, ...reports.map((report) => report.busySeconds)),
  };
}
