/** The three common mistakes of the document, found in a running program; each finding names its line. */
import type { CopySite } from './copy-counts.ts';
import type { LedgerSnapshot } from './ledger-snapshot.ts';
import type { PileUp } from './pile-up-detector.ts';

export interface Mistake {
  readonly mistake: 'results-pile-up' | 'unreleased' | 'needless-copies';
  /** `file:line:column`, where one is known. */
  readonly site: string | undefined;
  readonly count: number;
  readonly bytes: number;
  /** One sentence for a person: what, how much, and what to do. */
  readonly sentence: string;
}

export interface MistakeSources {
  readonly pileUps?: readonly PileUp[] | undefined;
  readonly ledger?: LedgerSnapshot | undefined;
  readonly copies?: readonly CopySite[] | undefined;
  /** Resources of these kinds count as unreleased from this age on, though somebody still holds them. */
  readonly oldAfterSeconds?: Readonly<Record<string, number>> | undefined;
  /** A line is named when it has made so many needless copies. Default: 10. */
  readonly leastNeedless?: number | undefined;
}

/** Puts together what the detectors know. The dearest first. */
export function findMistakes(sources: MistakeSources): Mistake[] {
  const mistakes = [...pileUps(sources), ...unreleased(sources), ...needlessCopies(sources)];
  return mistakes.sort((a, b) => b.bytes - a.bytes || b.count - a.count);
}

function pileUps({ pileUps = [] }: MistakeSources): Mistake[] {
  return pileUps.map(({ kind, live, perFrame, site }) => ({
    mistake: 'results-pile-up',
    site,
    count: live,
    bytes: 0,
    sentence:
      `${live} objects of kind ${kind} are alive and ${pace(perFrame)} a frame are added` +
      `${site === undefined ? '' : `, most of them made at ${site}`}: keep what is needed of a result, not the result`,
  }));
}

/** What is slow is none the less more than nothing. */
function pace(perFrame: number): string {
  return perFrame < 0.1 ? perFrame.toPrecision(2) : perFrame.toFixed(2);
}

/** Of one kind and line, one finding. */
function unreleased({ ledger, oldAfterSeconds = {} }: MistakeSources): Mistake[] {
  const places = new Map<
    string,
    { kind: string; site: string | undefined; count: number; bytes: number; lost: boolean }
  >();
  const add = (kind: string, site: string | undefined, count: number, bytes: number, lost: boolean): void => {
    const key = `${kind} ${site ?? ''}`;
    const place = places.get(key) ?? { kind, site, count: 0, bytes: 0, lost: false };
    places.set(key, {
      ...place,
      count: place.count + count,
      bytes: place.bytes + bytes,
      lost: place.lost || lost,
    });
  };
  // Of the forgotten all are counted where they were made; single records are only some of them.
  for (const { kind, site, forgotten, forgottenBytes } of ledger?.places ?? [])
    if (forgotten > 0) add(kind, site, forgotten, forgottenBytes, true);
  for (const { kind, site, bytes, ageSeconds, forgotten } of ledger?.records ?? []) {
    const isOld = ageSeconds >= (oldAfterSeconds[kind] ?? Number.POSITIVE_INFINITY);
    if (isOld && !forgotten) add(kind, site, 1, bytes, false);
  }
  return [...places.values()].map(({ kind, site, count, bytes, lost }) => ({
    mistake: 'unreleased',
    site,
    count,
    bytes,
    sentence:
      `${count} of kind ${kind} (${bytes} bytes)${site === undefined ? '' : ` made at ${site}`} ` +
      `${lost ? 'were never released, and nobody holds them any more' : 'are still held after a long time'}: acquire with "using"`,
  }));
}

function needlessCopies({ copies = [], leastNeedless = 10 }: MistakeSources): Mistake[] {
  return copies
    .filter(({ needless }) => needless >= leastNeedless)
    .map(({ site, copies, needless, needlessBytes }) => ({
      mistake: 'needless-copies',
      site,
      count: needless,
      bytes: needlessBytes,
      sentence: `${needless} of ${copies} copies made at ${site} (${needlessBytes} bytes) were never changed: share instead of copying`,
    }));
}
