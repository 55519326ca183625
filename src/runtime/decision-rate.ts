/** How much a new interval counts. */
const weight = 0.05;
/** Decisions may come in one turn: they are not infinitely fast. */
const shortestSeconds = 1e-4;

/** Decisions a second, smoothed, as long as they come: the pace of a camera that was lost is not the present one. Pure. */
export class DecisionRate {
  #last: number | undefined;
  #meanInterval: number | undefined;

  /** 0 where there is none, or only one yet. */
  get perSecond(): number {
    return this.#meanInterval === undefined ? 0 : 1 / this.#meanInterval;
  }

  decided(nowSeconds: number): void {
    if (this.#last !== undefined) {
      const interval = Math.max(shortestSeconds, nowSeconds - this.#last);
      this.#meanInterval =
        this.#meanInterval === undefined ? interval : this.#meanInterval * (1 - weight) + interval * weight;
    }
    this.#last = nowSeconds;
  }

  /** No decisions come for now, and the wait for the next one is none of the camera's intervals. */
  breakOff(): void {
    this.#last = undefined;
    this.#meanInterval = undefined;
  }
}
