/**
 * Finds results that pile up: the document's `all_results.append(result)`. What was watched and is still alive after a
 * collection is counted; a count that grows with the frames, check after check, is a leak, and its lines are named.
 *
 * Nothing is said on a count before a collection: V8 tells of dead objects only after a full one, of which a program in
 * its steady state makes none.
 */
import { creationSite } from './creation-site.ts';
import { GrowingCounts, type Growth, type GrowthRule } from './growing-counts.ts';
import type { LedgerSnapshot } from './ledger-snapshot.ts';

export interface PileUpOptions extends GrowthRule {
  /** Collects garbage and lets finalizers run. */
  readonly collect: () => void | Promise<void>;
  /** The line is noted for one object in so many, the first of each kind included. Default: 16. */
  readonly siteEvery?: number | undefined;
}

export interface PileUp extends Growth {
  /** Where most of the living were made that have a line: `file:line:column`. */
  readonly site: string | undefined;
}

interface Watched {
  readonly kind: string;
  readonly site: string | undefined;
}

interface Kind {
  live: number;
  watched: number;
  readonly sites: Map<string, number>;
}

export class PileUpDetector {
  readonly #options: PileUpOptions;
  readonly #kinds = new Map<string, Kind>();
  /** Counts after the last collections. */
  readonly #counts: GrowingCounts;
  readonly #registry = new FinalizationRegistry<Watched>((gone) => this.#note(gone, -1));

  constructor(options: PileUpOptions) {
    this.#options = options;
    this.#counts = new GrowingCounts(options);
  }

  /**
   * Watches an object that is meant to die with its frame.
   * @param below The line that is named is the caller's of this function.
   * @returns The object.
   */
  watch<T extends object>(
    result: T,
    kind: string = result.constructor?.name ?? 'Object',
    // biome-ignore lint/complexity/noBannedTypes: captureStackTrace takes any function, of whatever signature.
    below: Function = this.watch,
  ): T {
    const { siteEvery = 16 } = this.#options;
    const { watched } = this.#kindOf(kind);
    const about = { kind, site: watched % siteEvery === 0 ? creationSite(below) : undefined };
    this.#registry.register(result, about);
    this.#kindOf(kind).watched += 1;
    this.#note(about, 1);
    return result;
  }

  /** Objects of a kind that were watched, less those that collections have taken: after a check, those that are alive. */
  live(kind: string): number {
    return this.#kinds.get(kind)?.live ?? 0;
  }

  /**
   * Collects, counts, and tells what has grown over the last checks. Between frames only: the collection takes some
   * milliseconds.
   * @param frame Frames so far.
   */
  async check(frame: number): Promise<PileUp[]> {
    await this.#options.collect();
    const counts = [...this.#kinds].map(([kind, { live }]) => [kind, live] as const);
    return this.#counts.check(frame, counts).map((growth) => {
      const sites = this.#kinds.get(growth.kind)?.sites ?? [];
      return { ...growth, site: [...sites].sort((a, b) => b[1] - a[1])[0]?.[0] };
    });
  }

  #note({ kind, site }: Watched, by: 1 | -1): void {
    const counts = this.#kindOf(kind);
    counts.live += by;
    if (site === undefined) return;
    const ofSite = (counts.sites.get(site) ?? 0) + by;
    if (ofSite === 0) counts.sites.delete(site);
    else counts.sites.set(site, ofSite);
  }

  #kindOf(kind: string): Kind {
    let counts = this.#kinds.get(kind);
    if (counts === undefined) {
      counts = { live: 0, watched: 0, sites: new Map() };
      this.#kinds.set(kind, counts);
    }
    return counts;
  }
}

/**
 * Resources that pile up, of any thread whose ledger is in the snapshot: without a collection, since they are counted
 * until they are released. What is held by somebody who keeps adding to it is found here, long before it is old.
 */
export function ledgerPileUps(
  counts: GrowingCounts,
  frame: number,
  { byKind, places }: LedgerSnapshot,
): PileUp[] {
  const live = Object.entries(byKind).map(([kind, total]) => [kind, total.live] as const);
  return counts.check(frame, live).map((growth) => {
    const ofKind = places.filter(({ kind }) => kind === growth.kind).sort((a, b) => b.live - a.live);
    return { ...growth, site: ofKind[0]?.site };
  });
}
