/**
 * Giving memory back, from cheap to dear: the document's `empty_cache()` and `gc.collect()`, as steps that each say how
 * much they gave, keep out of the way of inference, and are left out for a while when they gain nothing.
 */
import type { Clock } from './clock.ts';

/** One way to give memory back. */
export interface ReclaimStep {
  readonly name: string;
  /**
   * Does it. @returns Bytes given back, by the step's own account; `undefined` where only RSS can tell.
   */
  readonly run: () => number | undefined | Promise<number | undefined>;
  /** Gains below this count as nothing gained. Default: 1 MB. */
  readonly worthBytes?: number | undefined;
  /** What it lets go is free once a later step has run, and counts there: for this one counts what RSS falls by. */
  readonly freedLater?: boolean | undefined;
}

/** What became of one step. */
export interface ReclaimStepReport {
  readonly step: string;
  readonly outcome: 'done' | 'busy' | 'backing-off' | 'failed' | 'not-needed';
  /** The larger of the step's own account, unless a later step frees those bytes, and the fall of RSS; never below 0. */
  readonly bytesGivenBack: number;
  readonly ownBytes: number | undefined;
  readonly rssFallBytes: number;
  readonly seconds: number;
  readonly error?: unknown;
}

export interface ReclaimReport {
  readonly steps: readonly ReclaimStepReport[];
  readonly bytesGivenBack: number;
  readonly rssBeforeBytes: number;
  readonly rssAfterBytes: number;
}

export interface ReclaimLadderOptions {
  readonly clock: Clock;
  readonly rss: () => number;
  /** Nothing is done while it is busy: a `BusyGuard`, or several behind one getter. */
  readonly guard?: { readonly busy: boolean } | undefined;
  /** A step that gained nothing rests this long, then twice as long, up to `longestRestSeconds`. Default: 10 and 600. */
  readonly firstRestSeconds?: number | undefined;
  readonly longestRestSeconds?: number | undefined;
}

interface Rest {
  until: number;
  seconds: number;
}

export class ReclaimLadder {
  readonly #steps: readonly ReclaimStep[];
  readonly #options: ReclaimLadderOptions;
  readonly #rests = new Map<ReclaimStep, Rest>();
  #running: Promise<ReclaimReport> | undefined;

  /** @param steps From cheap to dear; they are taken in this order. */
  constructor(steps: readonly ReclaimStep[], options: ReclaimLadderOptions) {
    this.#steps = steps;
    this.#options = options;
  }

  /**
   * Takes the steps until RSS is at or below `untilRssBytes`, by default all of them. A call while one is under way gets
   * that one's report. A step that fails is reported and does not keep the next ones from their turn.
   */
  reclaim(untilRssBytes: number = 0): Promise<ReclaimReport> {
    this.#running ??= this.#run(untilRssBytes).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(untilRssBytes: number): Promise<ReclaimReport> {
    const rssBeforeBytes = this.#options.rss();
    const steps: ReclaimStepReport[] = [];
    for (const step of this.#steps) steps.push(await this.#take(step, untilRssBytes));
    return {
      steps,
      bytesGivenBack: steps.reduce((sum, one) => sum + one.bytesGivenBack, 0),
      rssBeforeBytes,
      rssAfterBytes: this.#options.rss(),
    };
  }

  async #take(step: ReclaimStep, untilRssBytes: number): Promise<ReclaimStepReport> {
    const { clock, rss, guard } = this.#options;
    const started = clock();
    const before = rss();
    const nothing = { step: step.name, bytesGivenBack: 0, ownBytes: 0, rssFallBytes: 0, seconds: 0 };
    if (before <= untilRssBytes) return { ...nothing, outcome: 'not-needed' };
    if (guard?.busy === true) return { ...nothing, outcome: 'busy' };
    if (started < (this.#rests.get(step)?.until ?? Number.NEGATIVE_INFINITY)) {
      return { ...nothing, outcome: 'backing-off' };
    }
    try {
      const ownBytes = await step.run();
      const rssFallBytes = Math.max(0, before - rss());
      const gained = Math.max(0, ownBytes ?? 0, rssFallBytes);
      this.#learn(step, gained);
      const bytesGivenBack = step.freedLater === true ? rssFallBytes : gained;
      const seconds = clock() - started;
      return { step: step.name, outcome: 'done', bytesGivenBack, ownBytes, rssFallBytes, seconds };
    } catch (error) {
      this.#learn(step, 0);
      return { ...nothing, outcome: 'failed', seconds: clock() - started, error };
    }
  }

  #learn(step: ReclaimStep, gained: number): void {
    if (gained >= (step.worthBytes ?? 1_000_000)) {
      this.#rests.delete(step);
      return;
    }
    const { firstRestSeconds = 10, longestRestSeconds = 600 } = this.#options;
    const before = this.#rests.get(step);
    const seconds =
      before === undefined ? firstRestSeconds : Math.min(before.seconds * 2, longestRestSeconds);
    this.#rests.set(step, { until: this.#options.clock() + seconds, seconds });
  }
}
