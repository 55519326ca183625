/** What grew between two moments of a ledger. The largest growth stands first and names its owner. */
import type { LedgerPlace, LedgerRecord, LedgerSnapshot, LedgerTotal } from './ledger-snapshot.ts';

/** One kind, camera or stage that holds more, or less, than before. */
export interface LedgerGrowth {
  readonly by: 'kind' | 'camera' | 'stage';
  readonly name: string;
  readonly live: number;
  readonly bytes: number;
}

export interface LedgerDiff {
  readonly live: number;
  readonly bytes: number;
  /** Changes, the largest growth in bytes first; what shrank stands at the end. */
  readonly growth: readonly LedgerGrowth[];
  /** Lines at which more are live than before, by bytes and then by count. Sampled: the proportions count. */
  readonly places: readonly LedgerPlace[];
  /** Records of the later snapshot that the earlier did not have, the largest first: where to look. */
  readonly suspects: readonly LedgerRecord[];
}

/** Compares two snapshots of the same threads. A name that is in one of them only counts as zero in the other. */
export function diffLedgerSnapshots(before: LedgerSnapshot, after: LedgerSnapshot): LedgerDiff {
  const growth = [
    ...compare('kind', before.byKind, after.byKind),
    ...compare('camera', before.byCamera, after.byCamera),
    ...compare('stage', before.byStage, after.byStage),
  ].sort((a, b) => b.bytes - a.bytes || b.live - a.live);
  const grown = new Set(growth.filter((one) => one.by === 'kind' && isMore(one)).map((one) => one.name));
  const known = countByPlace(before.records);
  const suspects: LedgerRecord[] = [];
  for (const record of after.records.toSorted((a, b) => a.ageSeconds - b.ageSeconds)) {
    if (!grown.has(record.kind) && !record.forgotten) continue;
    suspects.push(record);
  }
  // Of each place as many are new as there are more of than before; the youngest stand first in the list.
  const fresh = suspects.filter((record, at) => {
    const place = placeOf(record);
    const inAfter = suspects.filter((other) => placeOf(other) === place).length;
    const nthOfPlace = suspects.slice(0, at).filter((other) => placeOf(other) === place).length;
    return nthOfPlace < inAfter - (known.get(place) ?? 0);
  });
  return {
    live: after.live - before.live,
    bytes: after.bytes - before.bytes,
    growth,
    places: grownPlaces(before.places, after.places),
    suspects: fresh.sort((a, b) => b.bytes - a.bytes),
  };
}

function grownPlaces(before: readonly LedgerPlace[], after: readonly LedgerPlace[]): LedgerPlace[] {
  const known = new Map(before.map((place) => [placeOf(place), place]));
  return after
    .map((place) => {
      const was = known.get(placeOf(place));
      return { ...place, live: place.live - (was?.live ?? 0), bytes: place.bytes - (was?.bytes ?? 0) };
    })
    .filter(({ live, bytes }) => live > 0 || bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || b.live - a.live);
}

function isMore(one: LedgerGrowth): boolean {
  return one.bytes > 0 || one.live > 0;
}

function compare(
  by: LedgerGrowth['by'],
  before: Readonly<Record<string, LedgerTotal>>,
  after: Readonly<Record<string, LedgerTotal>>,
): LedgerGrowth[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes: LedgerGrowth[] = [];
  for (const name of names) {
    const live = (after[name]?.live ?? 0) - (before[name]?.live ?? 0);
    const bytes = (after[name]?.bytes ?? 0) - (before[name]?.bytes ?? 0);
    if (live !== 0 || bytes !== 0) changes.push({ by, name, live, bytes });
  }
  return changes;
}

function placeOf(record: Pick<LedgerRecord, 'kind' | 'camera' | 'stage' | 'site' | 'thread'>): string {
  return `${record.thread}|${record.kind}|${record.camera ?? ''}|${record.stage ?? ''}|${record.site ?? ''}`;
}

function countByPlace(records: readonly LedgerRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) counts.set(placeOf(record), (counts.get(placeOf(record)) ?? 0) + 1);
  return counts;
}
