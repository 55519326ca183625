/**
 * Finds results that pile up: the document's `all_results.append(result)`. What was watched and is still alive after a
 * collection is counted; a count that grows with the frames, check after check, is a leak, and its lines are named.
 *
 * Nothing is said on a count before a collection: V8 tells of dead objects only after a full one, of which a program in
 * its steady state makes none.
 */
import { creationSite } from './creation-site.ts';

export interface PileUpOptions {
  /** Collects garbage and lets finalizers run. */
  readonly collect: () => void | Promise<void>;
  /** So many checks in a row have to show growth. Default: 3. */
  readonly checks?: number | undefined;
  /** Growth below so many objects a frame is none. Default: 0.1. */
  readonly leastPerFrame?: number | undefined;
  /** The line is noted for one object in so many, the first of each kind included. Default: 16. */
  readonly siteEvery?: number | undefined;
}

export interface PileUp {
  readonly kind: string;
  readonly live: number;
  readonly perFrame: number;
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
  /** Counts after the last collections, with the frame of each. */
  readonly history: { frame: number; live: number }[];
}

export class PileUpDetector {
  readonly #options: PileUpOptions;
  readonly #kinds = new Map<string, Kind>();
  readonly #registry = new FinalizationRegistry<Watched>((gone) => this.#note(gone, -1));

  constructor(options: PileUpOptions) {
    this.#options = options;
  }

  /**
   * Watches an object that is meant to die with its frame.
   * @param below The line that is named is the caller's of this function.
   * @returns The object.
   */
  watch<T extends object>(
    result: T,
    kind: string = result.constructor.name,
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

  /** Objects alive of a kind, as of the last collection. */
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
    const { checks = 3, leastPerFrame = 0.1 } = this.#options;
    const found: PileUp[] = [];
    for (const [kind, { live, sites, history }] of this.#kinds) {
      history.push({ frame, live });
      if (history.length > checks + 1) history.shift();
      const first = history[0];
      if (first === undefined || history.length <= checks || frame <= first.frame) continue;
      const isGrowing = history.every((one, at) => at === 0 || one.live > (history[at - 1]?.live ?? 0));
      const perFrame = (live - first.live) / (frame - first.frame);
      if (!isGrowing || perFrame < leastPerFrame) continue;
      const site = [...sites].sort((a, b) => b[1] - a[1])[0]?.[0];
      found.push({ kind, live, perFrame, site });
    }
    return found;
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
      counts = { live: 0, watched: 0, sites: new Map(), history: [] };
      this.#kinds.set(kind, counts);
    }
    return counts;
  }
}
