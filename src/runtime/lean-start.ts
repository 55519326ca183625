import { ResidentPages } from '@plateau/memory';

/** Decisions of each camera after which its start is over. */
const startDecisions = 3;
/** How long a start takes at most until every camera runs; how often resident memory is looked at meanwhile, and after which growth it is given back. */
const startMilliseconds = 5000;
const startWatchMilliseconds = 20;
const startWatchBytes = 12_000_000;
/** The same for the rest of the time. */
const runWatchMilliseconds = 30_000;
const runWatchBytes = 32_000_000;

/** Gives back the pages that only a start needs, closely at first, now and then later (docs/decisions/0003-resident-memory.md). */
export class LeanStart implements Disposable {
  readonly #pages: ResidentPages | undefined;
  #settled: NodeJS.Timeout | undefined;
  #decisions = 0;

  private constructor(pages: ResidentPages | undefined) {
    this.#pages = pages;
  }

  /** @param isLean False leaves memory to the system. */
  static async begin(isLean: boolean): Promise<LeanStart> {
    const pages = isLean ? await ResidentPages.find() : undefined;
    pages?.loading();
    pages?.watch(startWatchMilliseconds, startWatchBytes);
    return new LeanStart(pages);
  }

  /** The model is loaded. */
  loaded(): void {
    this.#pages?.loaded();
    this.#settled = setTimeout(() => this.#settle(), startMilliseconds).unref();
  }

  /** A picture was decided. What the runs of the model take again and again would be given back after each. */
  decided(cameras: number): void {
    if (this.#settled === undefined) return;
    this.#decisions += 1;
    if (this.#decisions >= startDecisions * cameras) this.#settle();
  }

  #settle(): void {
    clearTimeout(this.#settled);
    this.#settled = undefined;
    this.#pages?.watch(runWatchMilliseconds, runWatchBytes);
  }

  /** A pipeline that is stopped during its start must not begin to watch again. */
  [Symbol.dispose](): void {
    clearTimeout(this.#settled);
    this.#settled = undefined;
    this.#pages?.[Symbol.dispose]();
  }
}
