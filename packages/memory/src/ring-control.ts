/** The protocol of a frame ring as one thread sees it: the words, and the steps of both sides over them. */
import { RingReading } from './ring-reading.ts';
import { header, maxReaders, RingWords, row } from './ring-words.ts';
import { RingWriting } from './ring-writing.ts';

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
  readonly words: RingWords;
  readonly writing: RingWriting;
  readonly reading: RingReading;
  #lastCounters: RingCounters = { published: 0, dropped: 0, taken: 0, abandoned: 0 };

  constructor(buffer: SharedArrayBuffer, slots: number, ringId: number) {
    this.words = new RingWords(buffer, slots, ringId);
    this.writing = new RingWriting(this.words);
    this.reading = new RingReading(this.words);
  }

  get closed(): boolean {
    return this.words.closed;
  }

  get ended(): boolean {
    return this.words.isThisRing && this.words.load(header.ended) === 1;
  }

  /** Once the memory serves another ring: as they were when they were last read, or the ring was closed. */
  get counters(): RingCounters {
    const { words } = this;
    const counters = {
      published: words.count(header.published),
      dropped: words.count(header.dropped),
      taken: words.count(header.taken),
      abandoned: words.count(header.abandoned),
    };
    // Read first: what was read of this ring is this ring's only if it is there still.
    if (words.isThisRing) this.#lastCounters = counters;
    return this.#lastCounters;
  }

  get publishedValue(): number {
    return this.words.load(header.publishedBell);
  }

  get freeValue(): number {
    return this.words.load(header.freeBell);
  }

  /** No more frames for anybody; those who wait wake up. */
  close(): void {
    this.#lastCounters = this.counters;
    this.words.store(header.closed, 1);
    this.words.ring('publishedBell');
    this.words.ring('freeBell');
  }

  /** True while a thread is registered, writes or reads: then the slab must not pass to another ring. */
  get busy(): boolean {
    if (this.words.load(header.writerOwner) !== 0) return true;
    for (let id = 0; id < maxReaders; id += 1) {
      if (this.words.load(this.words.rowAt(id, row.owner)) !== 0) return true;
    }
    return false;
  }
}
