import { ledger, threadMemory, threadName } from '@plateau/memory';
import type { BusyTime } from './busy-time.ts';
import type { ThreadReport } from './thread-protocol.ts';

/** What this thread holds and what it has done, as plain data for the main thread. */
export function threadReport(busy: BusyTime, counts: Readonly<Record<string, number>>): ThreadReport {
  return {
    counts,
    ledger: ledger.snapshot(),
    memory: threadMemory(threadName),
    busySeconds: busy.seconds,
  };
}
