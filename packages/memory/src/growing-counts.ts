/** Counts that are read from time to time: which of them grow with the frames, check after check. */

export interface GrowthRule {
  /** So many checks in a row have to show growth. Default: 3. */
  readonly checks?: number | undefined;
  /** Growth below so many a frame is none. Default: 0.1. */
  readonly leastPerFrame?: number | undefined;
  /** Growth by fewer over these checks is none. Default: 1. */
  readonly least?: number | undefined;
}

export interface Growth {
  readonly kind: string;
  readonly live: number;
  readonly perFrame: number;
}

interface Reading {
  readonly frame: number;
  readonly live: number;
}

/** Holds a few readings of each kind: kinds are few, as names in a program are. */
export class GrowingCounts {
  readonly #rule: GrowthRule;
  readonly #histories = new Map<string, Reading[]>();

  constructor(rule: GrowthRule = {}) {
    this.#rule = rule;
  }

  /** @param frame Frames so far. @returns Kinds whose counts have grown at each of the last checks. */
  check(frame: number, counts: Iterable<readonly [kind: string, live: number]>): Growth[] {
    const { checks = 3, leastPerFrame = 0.1, least = 1 } = this.#rule;
    const found: Growth[] = [];
    for (const [kind, live] of counts) {
      const history = this.#histories.get(kind) ?? [];
      this.#histories.set(kind, history);
      history.push({ frame, live });
      if (history.length > checks + 1) history.shift();
      const first = history[0];
      if (first === undefined || history.length <= checks || frame <= first.frame) continue;
      const isGrowing = history.every((one, at) => at === 0 || one.live > (history[at - 1]?.live ?? 0));
      const perFrame = (live - first.live) / (frame - first.frame);
      if (isGrowing && perFrame >= leastPerFrame && live - first.live >= least)
        found.push({ kind, live, perFrame });
    }
    return found;
  }
}
