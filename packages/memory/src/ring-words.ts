/**
 * The protocol of a frame ring: who may write or read which slot. All of it lives in shared words, so that any thread
 * can take part and any thread can clean up after another one that died.
 *
 * A slot has one state word, and each step is one compare-and-exchange on it:
 *
 *     bits 0-7    readers that hold the slot         bit 16  being written
 *     bits 8-15   readers that have it still to see  bit 17  published
 *     bits 19-31  tag, changed by each publication   bit 18  settled: taken by somebody, or counted as dropped
 *                 and each eviction
 *
 * The tag is what makes a thread that was given up for dead, and then goes on, harmless: its late step was computed
 * from a word with another tag and fails. Tags, epochs and registrations go on when a slab serves another ring, for the
 * same reason. All counts wrap at 2^32 (four years at 30 frames a second).
 */

/** The most readers that a ring can have: one bit for each in the state word. */
export const maxReaders = 8;

export const bits = {
  holders: 0xff,
  pending: 0xff << 8,
  writing: 1 << 16,
  published: 1 << 17,
  settled: 1 << 18,
  tag: -(1 << 19),
} as const;
const tagUnit = 1 << 19;

/** Words that the ring has once. */
export const header = {
  ringId: 0,
  closed: 1,
  ended: 2,
  expected: 3,
  sequence: 4,
  publishedBell: 5,
  freeBell: 6,
  writerOwner: 7,
  published: 8,
  dropped: 9,
  taken: 10,
  abandoned: 11,
  /** Writers that ever registered in this memory. */
  registrations: 12,
} as const;
const headerWords = 16;

/** Words of one reader's row. */
export const row = { owner: 0, epoch: 1, beats: 2, taken: 3, skipped: 4 } as const;
const rowWords = 8;
const slotTableStart = headerWords + maxReaders * rowWords;

/** The bit of a reader that holds a slot. */
export function holdBit(reader: number): number {
  return 1 << reader;
}

/** The bit of a reader that has a slot still to see. */
export function pendingBit(reader: number): number {
  return 1 << (reader + 8);
}

/** The same flags under the next tag, and no longer being written. */
export function nextTag(word: number): number {
  return ((word & bits.tag) + tagUnit) | (word & ~bits.tag & ~bits.writing);
}

/** Whether sequence `a` came after `b`; right across the wrap at 2^32. */
export function isNewer(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** The shared words of one ring, and the two bells that its threads wait on. */
export class RingWords {
  readonly slots: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #ringId: number;

  constructor(buffer: SharedArrayBuffer, slots: number, ringId: number) {
    this.#words = new Int32Array(buffer, 0, RingWords.byteLengthFor(slots) / 4);
    this.slots = slots;
    this.#ringId = ringId;
  }

  /** Bytes of shared words that a ring of so many slots needs, in whole cache lines. */
  static byteLengthFor(slots: number): number {
    return Math.ceil(((slotTableStart + 2 * slots) * 4) / 64) * 64;
  }

  /**
   * Makes the ring anew. Only its owner calls this, before any other thread knows of it. Whoever had a slot or a place when
   * this memory served another ring, and wakes up now, must meet tags and epochs that it does not know.
   */
  initialize(expectedReaders: number): void {
    const fresh = new Int32Array(this.#words.length);
    for (let slot = 0; slot < this.slots; slot += 1)
      fresh[this.stateAt(slot)] = nextTag(this.state(slot)) & bits.tag;
    for (let reader = 0; reader < maxReaders; reader += 1) {
      const epoch = this.rowAt(reader, row.epoch);
      fresh[epoch] = this.load(epoch) + 1;
    }
    fresh[header.registrations] = this.load(header.registrations);
    this.#words.set(fresh);
    this.store(header.expected, (1 << expectedReaders) - 1);
    this.store(header.ringId, this.#ringId);
  }

  /** False when the slab has been given back and serves another ring by now. */
  get isThisRing(): boolean {
    return this.load(header.ringId) === this.#ringId;
  }

  get closed(): boolean {
    return !this.isThisRing || this.load(header.closed) === 1;
  }

  load(at: number): number {
    return Atomics.load(this.#words, at);
  }

  /** As an unsigned count. */
  count(at: number): number {
    return this.load(at) >>> 0;
  }

  store(at: number, value: number): void {
    Atomics.store(this.#words, at, value);
  }

  /** @returns The value before. */
  add(at: number, by: number = 1): number {
    return Atomics.add(this.#words, at, by);
  }

  set(at: number, mask: number): void {
    Atomics.or(this.#words, at, mask);
  }

  clear(at: number, mask: number): void {
    Atomics.and(this.#words, at, ~mask);
  }

  /** @returns False when the word was not `from` any more. */
  exchange(at: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, at, from, to) === from;
  }

  /** Where a reader's word lies. */
  rowAt(reader: number, word: number): number {
    return headerWords + reader * rowWords + word;
  }

  /** Where a slot's state word lies. */
  stateAt(slot: number): number {
    return slotTableStart + slot;
  }

  state(slot: number): number {
    return this.load(this.stateAt(slot));
  }

  /** One step of the protocol. @returns False when another thread was faster. */
  swap(slot: number, from: number, to: number): boolean {
    return this.exchange(this.stateAt(slot), from, to);
  }

  /** As published; a signed 32-bit number that wraps. */
  sequence(slot: number): number {
    return this.load(slotTableStart + this.slots + slot);
  }

  /** @returns False when the slot has been published since `from` was read. */
  swapSequence(slot: number, from: number, to: number): boolean {
    return this.exchange(slotTableStart + this.slots + slot, from, to);
  }

  /** Tells those who wait on a bell. As with a doorbell: read its value, look for work, wait on the value. */
  ring(bell: 'publishedBell' | 'freeBell'): void {
    this.add(header[bell]);
    Atomics.notify(this.#words, header[bell]);
  }

  /** Blocks the thread. @throws RangeError for a time that is none: it would never end. */
  wait(bell: 'publishedBell' | 'freeBell', lastSeen: number, timeoutMilliseconds: number): void {
    requireTime(timeoutMilliseconds);
    Atomics.wait(this.#words, header[bell], lastSeen, timeoutMilliseconds);
  }

  /** Resolves at the next ring, or when the time is up. */
  async waitAsync(
    bell: 'publishedBell' | 'freeBell',
    lastSeen: number,
    timeoutMilliseconds: number,
  ): Promise<void> {
    requireTime(timeoutMilliseconds);
    const waiting = Atomics.waitAsync(this.#words, header[bell], lastSeen, timeoutMilliseconds);
    if (waiting.async) await waiting.value;
  }
}

/** @throws RangeError for a time that is none: `Atomics.wait` takes NaN for ever. */
export function requireTime(milliseconds: number): void {
  if (!(milliseconds >= 0))
    throw new RangeError(`a time to wait must be a number of at least 0, not ${milliseconds}`);
}
