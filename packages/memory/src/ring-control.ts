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
 * The tag is what makes a reader that was given up for dead, and then goes on, harmless: its late step was computed
 * from a word with another tag and fails. All counts wrap at 2^32 (four years at 30 frames a second).
 */

/** The most readers that a ring can have: one bit for each in the state word. */
export const maxReaders = 8;

const header = {
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
} as const;
const headerWords = 16;

/** Words of one reader's row. */
const row = { owner: 0, epoch: 1, beats: 2, taken: 3, skipped: 4 } as const;
const rowWords = 8;

const holders = 0xff;
const pendingShift = 8;
const pending = 0xff << pendingShift;
const writing = 1 << 16;
const published = 1 << 17;
const settled = 1 << 18;
const tagUnit = 1 << 19;
const tagBits = -tagUnit;

const slotTableStart = headerWords + maxReaders * rowWords;

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

export interface RingCounters {
  readonly published: number;
  /** Frames that no reader ever took: overwritten unread, or passed over for a newer one. */
  readonly dropped: number;
  /** Frames handed to readers; with several readers a frame counts once for each that took it. */
  readonly taken: number;
  /** Slots that were being written or read by a thread when it was declared dead. */
  readonly abandoned: number;
}

export class RingControl {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #slots: number;
  readonly #states: number;
  readonly #sequences: number;
  readonly #ringId: number;

  constructor(buffer: SharedArrayBuffer, slots: number, ringId: number) {
    this.#words = new Int32Array(buffer, 0, RingControl.byteLengthFor(slots) / 4);
    this.#slots = slots;
    this.#states = slotTableStart;
    this.#sequences = slotTableStart + slots;
    this.#ringId = ringId;
  }

  /** Bytes of shared words that a ring of so many slots needs, in whole cache lines. */
  static byteLengthFor(slots: number): number {
    return Math.ceil(((slotTableStart + 2 * slots) * 4) / 64) * 64;
  }

  /** Makes the ring anew. Only its owner calls this, before any other thread knows of it. */
  initialize(expectedReaders: number): void {
    this.#words.fill(0);
    Atomics.store(this.#words, header.expected, (1 << expectedReaders) - 1);
    Atomics.store(this.#words, header.ringId, this.#ringId);
  }

  /** False when the slab has been given back and serves another ring by now. */
  get isThisRing(): boolean {
    return Atomics.load(this.#words, header.ringId) === this.#ringId;
  }

  get closed(): boolean {
    return !this.isThisRing || Atomics.load(this.#words, header.closed) === 1;
  }

  get ended(): boolean {
    return Atomics.load(this.#words, header.ended) === 1;
  }

  get counters(): RingCounters {
    return {
      published: this.#count(header.published),
      dropped: this.#count(header.dropped),
      taken: this.#count(header.taken),
      abandoned: this.#count(header.abandoned),
    };
  }

  /** No more frames for anybody; those who wait wake up. */
  close(): void {
    Atomics.store(this.#words, header.closed, 1);
    this.#ringBells();
  }

  /** The writer has published its last frame. */
  end(): void {
    Atomics.store(this.#words, header.ended, 1);
    this.#ringBells();
  }

  /** True while a thread is registered, writes or reads: then the slab must not pass to another ring. */
  get busy(): boolean {
    if (Atomics.load(this.#words, header.writerOwner) !== 0) return true;
    for (let id = 0; id < maxReaders; id += 1) if (this.#owner(id) !== 0) return true;
    return false;
  }

  // The writer's side.

  /** @returns False when there is a writer already. */
  registerWriter(owner: number): boolean {
    return Atomics.compareExchange(this.#words, header.writerOwner, 0, owner + 1) === 0;
  }

  /** Gives up the writer's place, and what was half written. */
  releaseWriter(): void {
    for (let index = 0; index < this.#slots; index += 1) {
      const word = this.#state(index);
      // The changed tag makes a publication fail that a writer given up for dead might still try.
      if ((word & writing) !== 0 && this.#swap(index, word, nextTag(word))) this.#add(header.abandoned, 1);
    }
    Atomics.store(this.#words, header.writerOwner, 0);
    this.#ringFree();
  }

  /**
   * Claims a slot for writing: an empty one, else the oldest that everybody has seen, else (with `overwrite`) the oldest
   * that nobody holds.
   * @returns Its index, or -1.
   */
  acquire(overwrite: boolean): number {
    for (;;) {
      let best = -1;
      let bestWord = 0;
      let bestRank = 3;
      let bestSequence = 0;
      for (let index = 0; index < this.#slots; index += 1) {
        const word = this.#state(index);
        if ((word & (writing | holders)) !== 0) continue;
        const rank = (word & published) === 0 ? 0 : (word & pending) === 0 ? 1 : 2;
        if (rank === 2 && !overwrite) continue;
        const sequence = this.sequence(index);
        if (rank > bestRank || (rank === bestRank && !isNewer(bestSequence, sequence))) continue;
        best = index;
        bestWord = word;
        bestRank = rank;
        bestSequence = sequence;
      }
      if (best === -1) return -1;
      if (!this.#swap(best, bestWord, (bestWord & tagBits) | writing)) continue;
      if ((bestWord & published) !== 0 && (bestWord & settled) === 0) this.#add(header.dropped, 1);
      this.#countSkipped(bestWord);
      return best;
    }
  }

  /** Whether `acquire` would find a slot at this moment. */
  canAcquire(overwrite: boolean): boolean {
    const blocking = overwrite ? writing | holders : writing | holders | pending;
    for (let index = 0; index < this.#slots; index += 1)
      if ((this.#state(index) & blocking) === 0) return true;
    return false;
  }

  /** The state word of a slot that was just acquired: proof of ownership for `publish` and `abandon`. */
  ticket(index: number): number {
    return this.#state(index);
  }

  /** @returns False when the writer was declared dead meanwhile: then the frame is not published. */
  publish(index: number, ticket: number): boolean {
    const sequence = Atomics.add(this.#words, header.sequence, 1) + 1;
    Atomics.store(this.#words, this.#sequences + index, sequence);
    const expected = Atomics.load(this.#words, header.expected);
    const word = (nextTag(ticket) & tagBits) | published | (expected << pendingShift);
    if (!this.#swap(index, ticket, word)) return false;
    // A reader that closed between the two loads has looked for its bits already, before this one was there.
    const gone = expected & ~Atomics.load(this.#words, header.expected);
    if (gone !== 0) this.#clear(index, gone << pendingShift);
    this.#add(header.published, 1);
    this.#add(header.publishedBell, 1);
    Atomics.notify(this.#words, header.publishedBell);
    return true;
  }

  /** Gives a slot back unpublished. */
  abandon(index: number, ticket: number): void {
    if (this.#swap(index, ticket, nextTag(ticket))) this.#ringFree();
  }

  // The readers' side.

  /** @returns The reader's id, or -1 when all places are taken. Places that the writer counts on go first. */
  registerReader(owner: number): number {
    for (const awaited of [true, false]) {
      for (let id = 0; id < maxReaders; id += 1) {
        const isAwaited = (Atomics.load(this.#words, header.expected) & (1 << id)) !== 0;
        if (isAwaited !== awaited) continue;
        const claimed = Atomics.compareExchange(this.#words, rowAt(id) + row.owner, 0, owner + 1) === 0;
        if (!claimed) continue;
        Atomics.or(this.#words, header.expected, 1 << id);
        return id;
      }
    }
    return -1;
  }

  /** The number of evictions that this reader's place has seen: what a reader remembers to know that it still counts. */
  epoch(id: number): number {
    return Atomics.load(this.#words, rowAt(id) + row.epoch);
  }

  /**
   * Takes the newest (or oldest) frame that this reader has not seen. With `newest`, older ones are passed over for good.
   * @returns The slot's index, -1 when there is none, -2 when the reader was evicted.
   */
  take(id: number, epoch: number, newest: boolean): number {
    Atomics.add(this.#words, rowAt(id) + row.beats, 1);
    const mine = 1 << (id + pendingShift);
    for (;;) {
      const bell = this.publishedValue;
      let best = -1;
      let bestWord = 0;
      let bestSequence = 0;
      for (let index = 0; index < this.#slots; index += 1) {
        const word = this.#state(index);
        if ((word & mine) === 0) continue;
        const sequence = this.sequence(index);
        if (best !== -1 && isNewer(sequence, bestSequence) !== newest) continue;
        best = index;
        bestWord = word;
        bestSequence = sequence;
      }
      // After the words were read: an eviction later than this changes their tags, and the exchange below fails.
      if (this.epoch(id) !== epoch) return -2;
      if (best === -1) return -1;
      // A frame published behind the scan's back, and its successor before the scan's eyes: taken now, they would change
      // places. The bell is rung between the two.
      if (!newest && this.publishedValue !== bell) continue;
      if (!this.#swap(best, bestWord, (bestWord & ~mine) | (1 << id) | settled)) continue;
      this.#add(header.taken, 1);
      this.#add(rowAt(id) + row.taken, 1);
      if (newest) this.#skipOlder(id, bestSequence);
      return best;
    }
  }

  /** Ends a reader's hold on a slot. @returns False when the reader was evicted and no longer had it. */
  release(index: number, id: number, epoch: number): boolean {
    for (;;) {
      const word = this.#state(index);
      if (this.epoch(id) !== epoch) return false;
      if (!this.#swap(index, word, word & ~(1 << id))) continue;
      this.#ringFree();
      return true;
    }
  }

  /** An orderly end: nobody waits for this reader any more. What it had not seen is passed over. */
  closeReader(id: number, epoch: number): void {
    if (this.epoch(id) !== epoch) return;
    Atomics.and(this.#words, header.expected, ~(1 << id));
    this.#vacate(id, true);
  }

  /**
   * Frees what a dead reader held, and its place. Unseen frames wait for its successor if `awaitSuccessor`, else they are
   * passed over.
   */
  evictReader(id: number, awaitSuccessor: boolean): void {
    if (!awaitSuccessor) Atomics.and(this.#words, header.expected, ~(1 << id));
    this.#vacate(id, !awaitSuccessor);
  }

  /** Frames that this reader has still to see. */
  unseen(id: number): number {
    const mine = 1 << (id + pendingShift);
    let count = 0;
    for (let index = 0; index < this.#slots; index += 1) if ((this.#state(index) & mine) !== 0) count += 1;
    return count;
  }

  /** As published; a signed 32-bit number that wraps. */
  sequence(index: number): number {
    return Atomics.load(this.#words, this.#sequences + index);
  }

  readers(): RingReaderState[] {
    const states: RingReaderState[] = [];
    for (let id = 0; id < maxReaders; id += 1) {
      const owner = this.#owner(id);
      if (owner === 0 && (Atomics.load(this.#words, header.expected) & (1 << id)) === 0) continue;
      let holding = 0;
      for (let index = 0; index < this.#slots; index += 1) holding += (this.#state(index) >>> id) & 1;
      states.push({
        id,
        owner: owner === 0 ? undefined : owner - 1,
        beats: this.#count(rowAt(id) + row.beats),
        taken: this.#count(rowAt(id) + row.taken),
        skipped: this.#count(rowAt(id) + row.skipped),
        holding,
      });
    }
    return states;
  }

  // Waiting. Each pair is used as with a doorbell: read the value, look for work, wait on the value.

  get publishedValue(): number {
    return Atomics.load(this.#words, header.publishedBell);
  }

  get freeValue(): number {
    return Atomics.load(this.#words, header.freeBell);
  }

  /** Blocks the thread. */
  waitPublished(lastSeen: number, timeoutMilliseconds: number): void {
    Atomics.wait(this.#words, header.publishedBell, lastSeen, timeoutMilliseconds);
  }

  /** Resolves at the next release of a slot, or when the time is up. */
  async waitFree(lastSeen: number, timeoutMilliseconds: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#words, header.freeBell, lastSeen, timeoutMilliseconds);
    if (waiting.async) await waiting.value;
  }

  /** Resolves at the next publication, or when the time is up. */
  async waitPublishedAsync(lastSeen: number, timeoutMilliseconds: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#words, header.publishedBell, lastSeen, timeoutMilliseconds);
    if (waiting.async) await waiting.value;
  }

  #vacate(id: number, passOver: boolean): void {
    // The epoch first: from here on the departed reader's own steps fail, whatever it still tries.
    Atomics.add(this.#words, rowAt(id) + row.epoch, 1);
    const hold = 1 << id;
    const mine = 1 << (id + pendingShift);
    for (let index = 0; index < this.#slots; index += 1) {
      for (;;) {
        const word = this.#state(index);
        if ((word & (hold | mine)) === 0) break;
        const left = nextTag(word & ~hold & (passOver ? ~mine : -1));
        const isLost = (word & mine) !== 0 && passOver && (left & (pending | holders | settled)) === 0;
        if (!this.#swap(index, word, isLost ? left | settled : left)) continue;
        if (isLost) this.#add(header.dropped, 1);
        if ((word & mine) !== 0 && passOver) this.#add(rowAt(id) + row.skipped, 1);
        if ((word & hold) !== 0) this.#add(header.abandoned, 1);
        break;
      }
    }
    Atomics.store(this.#words, rowAt(id) + row.owner, 0);
    this.#ringFree();
  }

  #skipOlder(id: number, than: number): void {
    const mine = 1 << (id + pendingShift);
    let freed = false;
    for (let index = 0; index < this.#slots; index += 1) {
      for (;;) {
        const word = this.#state(index);
        if ((word & mine) === 0 || !isNewer(than, this.sequence(index))) break;
        const left = word & ~mine;
        const isLost = (left & (pending | holders | settled)) === 0;
        if (!this.#swap(index, word, isLost ? left | settled : left)) continue;
        if (isLost) this.#add(header.dropped, 1);
        this.#add(rowAt(id) + row.skipped, 1);
        freed = true;
        break;
      }
    }
    if (freed) this.#ringFree();
  }

  #countSkipped(word: number): void {
    for (let id = 0; id < maxReaders; id += 1) {
      if ((word & (1 << (id + pendingShift))) !== 0) this.#add(rowAt(id) + row.skipped, 1);
    }
  }

  #owner(id: number): number {
    return Atomics.load(this.#words, rowAt(id) + row.owner);
  }

  #state(index: number): number {
    return Atomics.load(this.#words, this.#states + index);
  }

  #swap(index: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, this.#states + index, from, to) === from;
  }

  #clear(index: number, bits: number): void {
    Atomics.and(this.#words, this.#states + index, ~bits);
  }

  #add(at: number, by: number): void {
    Atomics.add(this.#words, at, by);
  }

  #count(at: number): number {
    return Atomics.load(this.#words, at) >>> 0;
  }

  #ringFree(): void {
    Atomics.add(this.#words, header.freeBell, 1);
    Atomics.notify(this.#words, header.freeBell);
  }

  #ringBells(): void {
    Atomics.add(this.#words, header.publishedBell, 1);
    Atomics.notify(this.#words, header.publishedBell);
    this.#ringFree();
  }
}

/** The same flags under the next tag, and no longer being written. */
function nextTag(word: number): number {
  return ((word & tagBits) + tagUnit) | (word & ~tagBits & ~writing);
}

/** Whether sequence `a` came after `b`; right across the wrap at 2^32. */
function isNewer(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

function rowAt(id: number): number {
  return headerWords + id * rowWords;
}
