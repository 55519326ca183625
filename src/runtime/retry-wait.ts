/** How long to wait before a failed pipeline is started again: doubling, and short again after a good stretch. Pure. */
const firstSeconds = 1;
const longestSeconds = 30;

export class RetryWait {
  readonly #goodSeconds: number;
  #seconds = firstSeconds;
  #startedAt: number | undefined;

  /** @param goodSeconds What ran for so long was well. */
  constructor(goodSeconds: number) {
    this.#goodSeconds = goodSeconds;
  }

  /** What is watched over runs from now on. @param now Monotonic seconds. */
  started(now: number): void {
    this.#startedAt = now;
  }

  /** It failed. @returns Seconds to wait before the next start. */
  failed(now: number): number {
    if (this.#startedAt !== undefined && now - this.#startedAt >= this.#goodSeconds)
      this.#seconds = firstSeconds;
    this.#startedAt = undefined;
    const seconds = this.#seconds;
    this.#seconds = Math.min(longestSeconds, seconds * 2);
    return seconds;
  }
}
