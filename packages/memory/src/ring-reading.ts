/** The readers' steps in the protocol of `ring-words.ts`, and the supervisor's view of them. */
import {
  bits,
  header,
  holdBit,
  isNewer,
  maxReaders,
  nextTag,
  pendingBit,
  type RingWords,
  row,
} from './ring-words.ts';

/** What a supervisor sees of one reader. */
export interface RingReaderState {
  readonly id: number;
  /** The thread that registered, or `undefined` where the place is vacant. */
  readonly owner: number | undefined;
  /** Grows with each look for a frame, found or not: a reader whose beats stand still is stuck or dead. */
  readonly beats: number;
  readonly taken: number;
  readonly skipped: number;
  readonly holding: number;
}

export class RingReading {
  readonly #words: RingWords;

  constructor(words: RingWords) {
    this.#words = words;
  }

  /** @returns The reader's id, or -1 when all places are taken. Places that the writer counts on go first. */
  register(owner: number): number {
    const words = this.#words;
    for (const awaited of [true, false]) {
      for (let id = 0; id < maxReaders; id += 1) {
        const isAwaited = (words.load(header.expected) & holdBit(id)) !== 0;
        if (isAwaited !== awaited || !words.exchange(words.rowAt(id, row.owner), 0, owner + 1)) continue;
        words.set(header.expected, holdBit(id));
        return id;
      }
    }
    return -1;
  }

  /** The number of evictions that this reader's place has seen: what a reader remembers to know that it still counts. */
  epoch(id: number): number {
    return this.#words.load(this.#words.rowAt(id, row.epoch));
  }

  /**
   * Takes the newest (or oldest) frame that this reader has not seen. With `newest`, older ones are passed over for good.
   * @returns The slot's index, -1 when there is none, -2 when the reader was evicted.
   */
  take(id: number, epoch: number, newest: boolean): number {
    const words = this.#words;
    words.add(words.rowAt(id, row.beats));
    const mine = pendingBit(id);
    for (;;) {
      const bell = words.load(header.publishedBell);
      let best = -1;
      let bestWord = 0;
      let bestSequence = 0;
      for (let slot = 0; slot < words.slots; slot += 1) {
        const word = words.state(slot);
        if ((word & mine) === 0) continue;
        const sequence = words.sequence(slot);
        if (best !== -1 && isNewer(sequence, bestSequence) !== newest) continue;
        best = slot;
        bestWord = word;
        bestSequence = sequence;
      }
      // After the words were read: an eviction later than this changes their tags, and the exchange below fails.
      if (this.epoch(id) !== epoch) return -2;
      if (best === -1) return -1;
      // A frame published behind the scan's back, and its successor before the scan's eyes: taken now, they would change
      // places. The bell is rung between the two.
      if (!newest && words.load(header.publishedBell) !== bell) continue;
      if (!words.swap(best, bestWord, (bestWord & ~mine) | holdBit(id) | bits.settled)) continue;
      words.add(header.taken);
      words.add(words.rowAt(id, row.taken));
      if (newest) this.#skipOlder(id, bestSequence);
      return best;
    }
  }

  /** Ends a reader's hold on a slot. @returns False when the reader was evicted and no longer had it. */
  release(slot: number, id: number, epoch: number): boolean {
    for (;;) {
      const word = this.#words.state(slot);
      if (!this.#words.isThisRing || this.epoch(id) !== epoch) return false;
      if (!this.#words.swap(slot, word, word & ~holdBit(id))) continue;
      this.#words.ring('freeBell');
      return true;
    }
  }

  /** An orderly end: nobody waits for this reader any more. What it had not seen is passed over. */
  close(id: number, epoch: number): void {
    if (!this.#words.isThisRing || this.epoch(id) !== epoch) return;
    this.#words.clear(header.expected, holdBit(id));
    this.#vacate(id, true);
  }

  /**
   * Frees what a dead reader held, and its place. Unseen frames wait for its successor if `awaitSuccessor`, else they are
   * passed over.
   */
  evict(id: number, awaitSuccessor: boolean): void {
    if (!awaitSuccessor) this.#words.clear(header.expected, holdBit(id));
    this.#vacate(id, !awaitSuccessor);
  }

  /** Frames that this reader has still to see. */
  unseen(id: number): number {
    if (!this.#words.isThisRing) return 0;
    let count = 0;
    for (let slot = 0; slot < this.#words.slots; slot += 1) {
      if ((this.#words.state(slot) & pendingBit(id)) !== 0) count += 1;
    }
    return count;
  }

  /** Those that are registered, and the places that the writer counts on. */
  states(): RingReaderState[] {
    const words = this.#words;
    const states: RingReaderState[] = [];
    if (!words.isThisRing) return states;
    for (let id = 0; id < maxReaders; id += 1) {
      const owner = words.load(words.rowAt(id, row.owner));
      if (owner === 0 && (words.load(header.expected) & holdBit(id)) === 0) continue;
      let holding = 0;
      for (let slot = 0; slot < words.slots; slot += 1) holding += (words.state(slot) >>> id) & 1;
      const [beats, taken, skipped] = [row.beats, row.taken, row.skipped].map((one) =>
        words.count(words.rowAt(id, one)),
      );
      const known = { beats: beats ?? 0, taken: taken ?? 0, skipped: skipped ?? 0 };
      states.push({ id, owner: owner === 0 ? undefined : owner - 1, ...known, holding });
    }
    return states;
  }

  #vacate(id: number, passOver: boolean): void {
    const words = this.#words;
    const mine = pendingBit(id);
    // The epoch first: from here on the departed reader's own steps fail, whatever it still tries.
    words.add(words.rowAt(id, row.epoch));
    for (let slot = 0; slot < words.slots; slot += 1) {
      for (;;) {
        const word = words.state(slot);
        if ((word & (holdBit(id) | mine)) === 0) break;
        const left = nextTag(word & ~holdBit(id) & (passOver ? ~mine : -1));
        if (!this.#passOn(slot, word, left)) continue;
        if ((word & mine) !== 0 && passOver) words.add(words.rowAt(id, row.skipped));
        if ((word & holdBit(id)) !== 0) words.add(header.abandoned);
        break;
      }
    }
    words.store(words.rowAt(id, row.owner), 0);
    words.ring('freeBell');
  }

  #skipOlder(id: number, than: number): void {
    const words = this.#words;
    const mine = pendingBit(id);
    let freed = false;
    for (let slot = 0; slot < words.slots; slot += 1) {
      for (;;) {
        const word = words.state(slot);
        if ((word & mine) === 0 || !isNewer(than, words.sequence(slot))) break;
        if (!this.#passOn(slot, word, word & ~mine)) continue;
        words.add(words.rowAt(id, row.skipped));
        freed = true;
        break;
      }
    }
    if (freed) words.ring('freeBell');
  }

  /** Leaves a slot in another state; one that nobody will take any more counts as dropped. @returns False on a race. */
  #passOn(slot: number, word: number, left: number): boolean {
    const wasAwaited = (word & bits.pending) !== 0;
    const isLost = wasAwaited && (left & (bits.pending | bits.holders | bits.settled)) === 0;
    if (!this.#words.swap(slot, word, isLost ? left | bits.settled : left)) return false;
    if (isLost) this.#words.add(header.dropped);
    return true;
  }
}
