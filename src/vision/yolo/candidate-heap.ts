/** Candidates that one heap can tell apart. */
const indexRange = 2 ** 21;

/**
 * Candidates by score, strongest first, equal scores by their place in the head. Only as many are sorted as are
 * taken out, in memory made once. A key is the score's bits above the place: positive floats order like integers.
 */
export class CandidateHeap {
  #keys: Float64Array;
  readonly #score = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#score.buffer);
  #size = 0;

  constructor(capacity: number) {
    if (capacity > indexRange) throw new RangeError(`${capacity} candidates, most are ${indexRange}`);
    this.#keys = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  get capacity(): number {
    return this.#keys.length;
  }

  clear(): void {
    this.#size = 0;
  }

  /**
   * Adds without order; `order` must follow before `pop`. The score is `scores[place]`, positive: handed over by its place,
   * since a fraction as an argument may be put on the heap.
   */
  push(scores: Float32Array, place: number, index: number): void {
    this.#score[0] = scores[place]!;
    this.#keys[this.#size++] = this.#bits[0]! * indexRange + (indexRange - 1 - index);
  }

  /** Makes a heap of what was pushed. */
  order(): void {
    for (let parent = (this.#size >> 1) - 1; parent >= 0; parent--) this.#sink(parent);
  }

  /** Takes the strongest out and answers its index; -1 when none is left. */
  pop(): number {
    if (this.#size === 0) return -1;
    const keys = this.#keys;
    const best = keys[0]!;
    this.#size -= 1;
    keys[0] = keys[this.#size]!;
    this.#sink(0);
    return indexRange - 1 - (best % indexRange);
  }

  #sink(start: number): void {
    const keys = this.#keys;
    const size = this.#size;
    const key = keys[start]!;
    let parent = start;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[child + 1]! > keys[child]!) child += 1;
      if (keys[child]! <= key) break;
      keys[parent] = keys[child]!;
      parent = child;
    }
    keys[parent] = key;
  }
}
