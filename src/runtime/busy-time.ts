/** Seconds that each stage of a thread was busy, counted without allocating per picture. */
export class BusyTime {
  readonly #now: () => number;
  readonly #seconds: Record<string, number> = {};

  /** @param now Monotonic clock, milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Adds the time since `startedAt` (of `now()`) to a stage and gives the present time. */
  since(stage: string, startedAt: number): number {
    const now = this.#now();
    this.#seconds[stage] = (this.#seconds[stage] ?? 0) + (now - startedAt) / 1000;
    return now;
  }

  now(): number {
    return this.#now();
  }

  get seconds(): Record<string, number> {
    return { ...this.#seconds };
  }
}
