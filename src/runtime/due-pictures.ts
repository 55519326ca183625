/** Decides which pictures are due for a decision; only those are scaled and cost an inference. */
export class DuePictures {
  readonly #stride: number;
  readonly #intervalSeconds: number;
  #index = 0;
  #nextDue: number | undefined;
  #last = Number.NEGATIVE_INFINITY;

  /**
   * @param stride Every n-th picture is due, the first one first.
   * @param intervalSeconds Seconds between due pictures, on a grid that starts at the first; 0 is off.
   */
  constructor(stride: number, intervalSeconds: number) {
    this.#stride = stride;
    this.#intervalSeconds = intervalSeconds;
  }

  /** Takes the next picture's time and tells whether it is due. */
  take(timeSeconds: number): boolean {
    const due = this.#intervalSeconds > 0 ? this.#takeByTime(timeSeconds) : this.#index % this.#stride === 0;
    this.#index += 1;
    this.#last = timeSeconds;
    return due;
  }

  #takeByTime(timeSeconds: number): boolean {
    // A time that steps back starts the grid anew, or nothing would be due until it had caught up.
    if (this.#nextDue === undefined || timeSeconds < this.#last) this.#nextDue = timeSeconds;
    if (timeSeconds < this.#nextDue - 1e-6) return false;
    const missed = Math.floor((timeSeconds - this.#nextDue) / this.#intervalSeconds + 1e-6);
    this.#nextDue += (missed + 1) * this.#intervalSeconds;
    return true;
  }
}
