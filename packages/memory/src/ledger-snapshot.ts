/**
 * What a ledger looks like from outside: plain objects that survive `postMessage` and JSON, so that every thread can
 * post its own and one of them can add all up.
 */

/** Live resources of one kind, camera or stage. */
export interface LedgerTotal {
  readonly live: number;
  readonly bytes: number;
  /** The most bytes that were live at one moment. After a merge: the sum of the threads' peaks, an upper bound. */
  readonly peakBytes: number;
  /** Resources ever tracked and ever released. `tracked - released === live`. */
  readonly tracked: number;
  readonly released: number;
}

/** One live resource. */
export interface LedgerRecord {
  readonly kind: string;
  readonly owner: string | undefined;
  readonly camera: string | undefined;
  readonly stage: string | undefined;
  readonly bytes: number;
  readonly ageSeconds: number;
  /** `file:line:column` where it was made, or `undefined` where this one was not sampled. */
  readonly site: string | undefined;
  readonly thread: string;
  /** True when the collector took its handle before anybody released it: a leak, for certain. */
  readonly forgotten: boolean;
}

export interface LedgerSnapshot {
  /** The threads that are in here. */
  readonly threads: readonly string[];
  readonly live: number;
  readonly bytes: number;
  readonly forgotten: number;
  readonly byKind: Readonly<Record<string, LedgerTotal>>;
  readonly byCamera: Readonly<Record<string, LedgerTotal>>;
  readonly byStage: Readonly<Record<string, LedgerTotal>>;
  /** The forgotten, the largest and the oldest, at most as many as were asked for. */
  readonly records: readonly LedgerRecord[];
}

/** Adds up the snapshots of several threads. @param recordLimit How many single records the sum keeps. */
export function mergeLedgerSnapshots(
  snapshots: readonly LedgerSnapshot[],
  recordLimit: number = 64,
): LedgerSnapshot {
  const records = snapshots.flatMap((one) => one.records);
  return {
    threads: snapshots.flatMap((one) => one.threads),
    live: sum(snapshots, (one) => one.live),
    bytes: sum(snapshots, (one) => one.bytes),
    forgotten: sum(snapshots, (one) => one.forgotten),
    byKind: mergeTotals(snapshots.map((one) => one.byKind)),
    byCamera: mergeTotals(snapshots.map((one) => one.byCamera)),
    byStage: mergeTotals(snapshots.map((one) => one.byStage)),
    records: mostTelling(records, recordLimit),
  };
}

/** The forgotten first, then half of the room for the largest and half for the oldest. */
export function mostTelling(records: readonly LedgerRecord[], limit: number): LedgerRecord[] {
  const chosen = new Set(records.filter((one) => one.forgotten).slice(0, limit));
  const larger = records.toSorted((a, b) => b.bytes - a.bytes);
  const older = records.toSorted((a, b) => b.ageSeconds - a.ageSeconds);
  for (let i = 0; i < records.length && chosen.size < limit; i += 1) {
    chosen.add(larger[i] as LedgerRecord);
    if (chosen.size < limit) chosen.add(older[i] as LedgerRecord);
  }
  return [...chosen];
}

function mergeTotals(parts: readonly Readonly<Record<string, LedgerTotal>>[]): Record<string, LedgerTotal> {
  const merged: Record<string, LedgerTotal> = {};
  for (const part of parts) {
    for (const [name, total] of Object.entries(part)) {
      const before = merged[name];
      merged[name] =
        before === undefined
          ? total
          : {
              live: before.live + total.live,
              bytes: before.bytes + total.bytes,
              peakBytes: before.peakBytes + total.peakBytes,
              tracked: before.tracked + total.tracked,
              released: before.released + total.released,
            };
    }
  }
  return merged;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
