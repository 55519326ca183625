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

/** Live resources of one kind that were made at one line: where to look. Only those that were sampled count. */
export interface LedgerPlace {
  readonly kind: string;
  readonly camera: string | undefined;
  readonly stage: string | undefined;
  /** `file:line:column` */
  readonly site: string;
  readonly thread: string;
  readonly live: number;
  readonly bytes: number;
  /** Of these, those whose handle the collector took before anybody released them. */
  readonly forgotten: number;
  readonly forgottenBytes: number;
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
  /** The forgotten, the largest, the oldest, and the youngest of known origin; at most as many as were asked for. */
  readonly records: readonly LedgerRecord[];
  /** Places that hold the most bytes, and the most resources; at most as many as records. */
  readonly places: readonly LedgerPlace[];
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
    places: largestPlaces(
      snapshots.flatMap((one) => one.places),
      recordLimit,
    ),
  };
}

/** In turn those that hold the most bytes and the most resources, since what has no bytes of its own may pile up as well. */
export function largestPlaces<P extends Pick<LedgerPlace, 'bytes' | 'live'>>(
  places: readonly P[],
  limit: number,
): P[] {
  const chosen = new Set<P>();
  const byBytes = places.toSorted((a, b) => b.bytes - a.bytes);
  const byCount = places.toSorted((a, b) => b.live - a.live);
  for (let at = 0; at < limit; at += 1)
    for (const place of [byBytes[at], byCount[at]])
      if (place !== undefined && chosen.size < limit) chosen.add(place);
  return [...chosen].sort((a, b) => b.bytes - a.bytes);
}

/** The largest forgotten ones first; then in turn the largest, the oldest, and the youngest of known origin. */
export function mostTelling(records: Iterable<LedgerRecord>, limit: number): LedgerRecord[] {
  const forgotten = new Best(limit, (one) => one.bytes);
  const largest = new Best(limit, (one) => one.bytes);
  const oldest = new Best(limit, (one) => one.ageSeconds);
  const youngest = new Best(limit, (one) => -one.ageSeconds);
  for (const record of records) {
    if (record.forgotten) forgotten.offer(record);
    largest.offer(record);
    oldest.offer(record);
    if (record.site !== undefined) youngest.offer(record);
  }
  const chosen = new Set(forgotten.records);
  for (let at = 0; at < limit; at += 1) {
    for (const { records } of [largest, oldest, youngest]) {
      const record = records[at];
      if (record !== undefined && chosen.size < limit) chosen.add(record);
    }
  }
  return [...chosen];
}

/** Those of the highest rank, without sorting the rest: there may be very many. Of equals the later one stands first. */
class Best {
  readonly records: LedgerRecord[] = [];
  readonly #limit: number;
  readonly #rank: (record: LedgerRecord) => number;

  constructor(limit: number, rank: (record: LedgerRecord) => number) {
    this.#limit = limit;
    this.#rank = rank;
  }

  offer(record: LedgerRecord): void {
    const rank = this.#rank(record);
    const last = this.records[this.#limit - 1];
    if (last !== undefined && rank < this.#rank(last)) return;
    let at = this.records.length;
    while (at > 0 && rank >= this.#rank(this.records[at - 1] as LedgerRecord)) at -= 1;
    this.records.splice(at, 0, record);
    if (this.records.length > this.#limit) this.records.pop();
  }
}

function mergeTotals(parts: readonly Readonly<Record<string, LedgerTotal>>[]): Record<string, LedgerTotal> {
  const merged = new Map<string, LedgerTotal>();
  for (const part of parts) {
    for (const [name, total] of Object.entries(part)) {
      const before = merged.get(name);
      merged.set(
        name,
        before === undefined
          ? total
          : {
              live: before.live + total.live,
              bytes: before.bytes + total.bytes,
              peakBytes: before.peakBytes + total.peakBytes,
              tracked: before.tracked + total.tracked,
              released: before.released + total.released,
            },
      );
    }
  }
  return Object.fromEntries(merged);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
