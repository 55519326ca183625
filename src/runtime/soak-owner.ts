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

type Measures = Readonly<Record<'rss' | 'ledger' | 'heap', Flatness>>;

/**
 * Names the owner of growth: the ledger's largest, or else the part of memory in which it must lie; `null` where none
 * grew, or too little was measured to tell.
 */
export function growthOwner(
  before: LedgerSnapshot | undefined,
  after: LedgerSnapshot | undefined,
  measures: Measures,
): GrowthOwner | null {
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
  const suspects = [
    ['v8-heap', measures.heap],
    ['native', measures.rss],
  ] as const;
  for (const [where, { verdict, growthBytes }] of suspects)
    if (verdict !== 'flat' && growthBytes > 0)
      return { kind: where, camera: null, stage: null, site: null, bytes: growthBytes };
  return null;
}

/** Why a run that is not flat has no verdict, or nobody to name; `null` where there is nothing to explain. */
export function whyUndecided(measures: Measures, owner: GrowthOwner | null): string | null {
  const all = Object.values(measures);
  const isLeaking = all.some(({ verdict }) => verdict === 'leaking');
  if (all.every(({ verdict }) => verdict === 'flat') || (isLeaking && owner !== null)) return null;
  if (all.some(({ slopeBytesPerFrame }) => !Number.isFinite(slopeBytesPerFrame)))
    return 'too little was measured to tell; run more frames';
  if (isLeaking) return 'what grew cannot be traced to anybody';
  if (owner === null) return 'nothing is seen to have grown, and it is not proved flat; run more frames';
  return 'the measures vary too much to tell; run more frames, or on a machine that is less busy';
}
