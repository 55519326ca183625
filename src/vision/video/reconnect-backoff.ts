/** How long to wait before a camera is tried again: from half a second, doubling, to 30 s, with jitter. Pure. */

const firstSeconds = 0.5;
const longestSeconds = 30;
/** Cameras lock accounts after some wrong passwords: a refusal is repeated in minutes only. */
const afterRefusalSeconds = 60;

export class ReconnectBackoff {
  readonly #random: () => number;
  #failures = 0;

  /** @param random Gives numbers in [0, 1), as `Math.random` does. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Seconds to wait after one more failure. Half of the time is jitter, so that cameras that went away together do not
   * all come back in the same moment.
   */
  next({ refused = false }: { readonly refused?: boolean } = {}): number {
    const full = Math.min(longestSeconds, firstSeconds * 2 ** this.#failures);
    this.#failures += 1;
    const base = refused ? afterRefusalSeconds : full / 2;
    return base + this.#random() * base;
  }

  /** The source is well: the next failure starts from the shortest wait again. */
  reset(): void {
    this.#failures = 0;
  }
}
