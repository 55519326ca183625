/** The writer's steps in the protocol of `ring-words.ts`. */
import { bits, header, isNewer, maxReaders, nextTag, pendingBit, type RingWords, row } from './ring-words.ts';

export class RingWriting {
  readonly #words: RingWords;

  constructor(words: RingWords) {
    this.#words = words;
  }

  /** @returns The writer's place, which no other writer ever has, for `leave`; 0 when there is a writer already. */
  register(owner: number): number {
    const words = this.#words;
    const turn = (words.add(header.registrations) + 1) & 0x7fff;
    const place = (turn << 16) | ((owner + 1) & 0xffff) || 1;
    return words.exchange(header.writerOwner, 0, place) ? place : 0;
  }

  /** An orderly end; its slots have gone back. A writer that was given up meanwhile has no place any more. */
  leave(place: number): void {
    if (this.#words.isThisRing && this.#words.exchange(header.writerOwner, place, 0))
      this.#words.ring('freeBell');
  }

  /** A supervisor gives up the writer's place for it, and what was half written. */
  release(): void {
    const words = this.#words;
    for (let slot = 0; slot < words.slots; slot += 1) {
      const word = words.state(slot);
      // The changed tag makes a publication fail that a writer given up for dead might still try.
      if ((word & bits.writing) !== 0 && words.swap(slot, word, nextTag(word))) words.add(header.abandoned);
    }
    words.store(header.writerOwner, 0);
    words.ring('freeBell');
  }

  /** The writer has published its last frame. */
  end(): void {
    this.#words.store(header.ended, 1);
    this.#words.ring('publishedBell');
  }

  /** Whether `acquire` would find a slot at this moment. */
  canAcquire(overwrite: boolean): boolean {
    const blocking = bits.writing | bits.holders | (overwrite ? 0 : bits.pending);
    for (let slot = 0; slot < this.#words.slots; slot += 1) {
      if ((this.#words.state(slot) & blocking) === 0) return true;
    }
    return false;
  }

  /**
   * Claims a slot for writing: an empty one, else the oldest that everybody has seen, else (with `overwrite`) the oldest
   * that nobody holds.
   * @returns Its index, or -1.
   */
  acquire(overwrite: boolean): number {
    const words = this.#words;
    for (;;) {
      let best = -1;
      let bestWord = 0;
      let bestRank = 3;
      let bestSequence = 0;
      for (let slot = 0; slot < words.slots; slot += 1) {
        const word = words.state(slot);
        if ((word & (bits.writing | bits.holders)) !== 0) continue;
        const rank = (word & bits.published) === 0 ? 0 : (word & bits.pending) === 0 ? 1 : 2;
        if (rank === 2 && !overwrite) continue;
        const sequence = words.sequence(slot);
        if (rank > bestRank || (rank === bestRank && !isNewer(bestSequence, sequence))) continue;
        best = slot;
        bestWord = word;
        bestRank = rank;
        bestSequence = sequence;
      }
      if (best === -1) return -1;
      if (!words.swap(best, bestWord, (bestWord & bits.tag) | bits.writing)) continue;
      this.#countOverwritten(bestWord);
      return best;
    }
  }

  /** The state word of a slot that was just acquired: proof of ownership for `publish` and `abandon`. Until then its
   * sequence is that of its last publication. */
  ticket(slot: number): number {
    return this.#words.state(slot);
  }

  /**
   * @param lastSequence The slot's when it was acquired.
   * @returns False when the writer was declared dead meanwhile: then the frame is not published.
   */
  publish(slot: number, ticket: number, lastSequence: number): boolean {
    const words = this.#words;
    if (!this.#holds(slot, ticket)) return false;
    const sequence = words.add(header.sequence) + 1;
    // Not simply stored: a writer that was given up just now must not change the place of a frame that its successor has
    // published here. Who holds the slot still prevails.
    for (let last = lastSequence; !words.swapSequence(slot, last, sequence); last = words.sequence(slot)) {
      if (!this.#holds(slot, ticket)) return false;
    }
    const expected = words.load(header.expected);
    const word = (nextTag(ticket) & bits.tag) | bits.published | (expected << 8);
    if (!words.swap(slot, ticket, word)) return false;
    // A reader that closed between the two loads has looked for its bits already, before this one was there.
    const gone = expected & ~words.load(header.expected);
    if (gone !== 0) words.clear(words.stateAt(slot), gone << 8);
    words.add(header.published);
    words.ring('publishedBell');
    return true;
  }

  /** Gives a slot back unpublished. */
  abandon(slot: number, ticket: number): void {
    if (this.#holds(slot, ticket) && this.#words.swap(slot, ticket, nextTag(ticket)))
      this.#words.ring('freeBell');
  }

  #holds(slot: number, ticket: number): boolean {
    return this.#words.isThisRing && this.#words.state(slot) === ticket;
  }

  #countOverwritten(word: number): void {
    const words = this.#words;
    if ((word & bits.published) !== 0 && (word & bits.settled) === 0) words.add(header.dropped);
    for (let reader = 0; reader < maxReaders; reader += 1) {
      if ((word & pendingBit(reader)) !== 0) words.add(words.rowAt(reader, row.skipped));
    }
  }
}
