/**
 * Median of the values of the last seconds: one missed or invented detection does not move it.
 *
 * A plain ring beside the same values in order: nothing is allocated once it is made. The number of values is bounded;
 * beyond it the oldest leaves early.
 */
export class RunningMedian {
  readonly #windowSeconds: number;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  readonly #sorted: Float64Array;
  #first = 0;
  #count = 0;

  /** @param windowSeconds Length of the window; a value exactly that old has left it. 0 keeps the newest only. */
  constructor(windowSeconds: number, capacity = 256) {
    this.#windowSeconds = windowSeconds;
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#first = 0;
    this.#count = 0;
  }

  /** Adds a value at a time that is not before the last one, and gives the median of the window that ends there. */
  add(timeSeconds: number, value: number): number {
    const capacity = this.#times.length;
    if (this.#count === capacity) this.#dropOldest();
    const slot = (this.#first + this.#count) % capacity;
    this.#times[slot] = timeSeconds;
    this.#values[slot] = value;
    const at = this.#placeOf(value);
    this.#sorted.copyWithin(at + 1, at, this.#count);
    this.#sorted[at] = value;
    this.#count += 1;
    // The tolerance keeps times such as 0.1 + 0.2 from holding a value that has just left.
    while (this.#count > 1 && this.#times[this.#first] <= timeSeconds - this.#windowSeconds + 1e-9) {
      this.#dropOldest();
    }
    return this.#median();
  }

  #dropOldest(): void {
    const at = this.#placeOf(this.#values[this.#first]);
    this.#sorted.copyWithin(at, at + 1, this.#count);
    this.#first = (this.#first + 1) % this.#times.length;
    this.#count -= 1;
  }

  /** Where in the order the first value stands that is not below this one. */
  #placeOf(value: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #median(): number {
    const sorted = this.#sorted;
    const middle = this.#count >> 1;
    return this.#count % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
