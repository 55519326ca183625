import { diffLedgerSnapshots, type Flatness, type LedgerSnapshot } from '@plateau/memory';

/** What grew, as far as it can be told. */
export interface GrowthOwner {
  /** Kind of resource in the ledger; `v8-heap` or `native` where the ledger did not grow. */
  readonly kind: string;
  readonly camera: string | null;
  readonly stage: string | null;
  /** file:line:column at which it was made. */
  readonly site: string | null;
  readonly bytes: number;
}

/** Names the owner of growth: the ledger's largest, or else the part of memory in which it must lie. */
export function growthOwner(
  before: LedgerSnapshot | undefined,
  after: LedgerSnapshot | undefined,
  measures: Readonly<Record<'rss' | 'ledger' | 'heap', Flatness>>,
): GrowthOwner {
  const grown = before === undefined || after === undefined ? undefined : diffLedgerSnapshots(before, after);
  const kind = grown?.growth.find((one) => one.by === 'kind' && one.bytes > 0);
  if (kind !== undefined && measures.ledger.verdict !== 'flat') {
    const place = grown?.places.find((one) => one.kind === kind.name);
    return {
      kind: kind.name,
      camera: place?.camera ?? null,
      stage: place?.stage ?? null,
      site: place?.site ?? null,
      bytes: kind.bytes,
    };
  }
  const where = measures.heap.verdict === 'flat' ? 'native' : 'v8-heap';
  const bytes = where === 'native' ? measures.rss.growthBytes : measures.heap.growthBytes;
  return { kind: where, camera: null, stage: null, site: null, bytes };
}
