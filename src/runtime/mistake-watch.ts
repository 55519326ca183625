import {
  collectAndFinalize,
  copyCounts,
  findMistakes,
  GrowingCounts,
  type LedgerSnapshot,
  ledgerPileUps,
  type Mistake,
  PileUpDetector,
} from '@plateau/memory';

export interface MistakeWatchOptions {
  readonly everySeconds: number;
  /** The newest ledger of all threads; `undefined` while the pipeline is down. */
  ledger(): LedgerSnapshot | undefined;
  /** Told once of each mistake, and again when it has doubled. */
  onMistake(mistake: Mistake): void;
}

/** One decision in so many is watched: what piles up grows all the same, and a picture costs nothing. */
const watchEvery = 16;
/** Half of the watched ones, kept for good, are piling up. */
const leastPerFrame = 0.5 / watchEvery;
/**
 * Cameras that come one after the other are no leak: resources that pile up are more. However slowly: a capture that each
 * reconnection leaves behind is few beside the frames of all cameras, and is the plant's restart in some days.
 */
const resourceRule = { least: 32, leastPerFrame: 0 };
/** Pictures are meant to live for a turn; one that is held for so long has been kept. */
const oldAfterSeconds = { VideoFrame: 300 };
/** Findings that are shown, the newest of each line. */
const mostMistakes = 50;

/**
 * Looks from time to time for the three common mistakes in the running monitor: results and resources that pile up,
 * resources that were never released, needless copies. Each finding names its line.
 */
export class MistakeWatch implements Disposable {
  readonly #options: MistakeWatchOptions;
  readonly #pileUps: PileUpDetector;
  readonly #resources = new GrowingCounts(resourceRule);
  readonly #found = new Map<string, Mistake>();
  readonly #timer: NodeJS.Timeout;
  #frames = 0;

  constructor(options: MistakeWatchOptions) {
    this.#options = options;
    this.#pileUps = new PileUpDetector({ collect: collectAndFinalize, leastPerFrame, siteEvery: 1 });
    this.#timer = setInterval(() => void this.look(), options.everySeconds * 1000).unref();
  }

  /** What was found so far, the dearest first. */
  get mistakes(): readonly Mistake[] {
    return [...this.#found.values()].sort((a, b) => b.bytes - a.bytes || b.count - a.count);
  }

  /** A result that is meant to die with its turn. */
  result(result: object, kind: string): void {
    this.#frames += 1;
    if (this.#frames % watchEvery === 0) this.#pileUps.watch(result, kind, this.result);
  }

  /** Looks now; what is found is told. */
  async look(): Promise<void> {
    const decisions = await this.#pileUps.check(this.#frames);
    const ledger = this.#options.ledger();
    const resources = ledger === undefined ? [] : ledgerPileUps(this.#resources, this.#frames, ledger);
    const pileUps = [...decisions, ...resources];
    for (const mistake of findMistakes({ pileUps, ledger, copies: copyCounts.report(), oldAfterSeconds }))
      this.#note(mistake);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #note(mistake: Mistake): void {
    const key = `${mistake.mistake} ${mistake.site ?? mistake.sentence.replaceAll(/\d+/g, '')}`;
    const before = this.#found.get(key);
    if (before === undefined && this.#found.size >= mostMistakes) return;
    if (before !== undefined && mistake.count < 2 * before.count) return;
    this.#found.set(key, mistake);
    this.#options.onMistake(mistake);
  }
}
