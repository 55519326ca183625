/**
 * A bounded queue in which the newest wins: what does not fit pushes the oldest out, which is disposed of at once and
 * counted. So a slow consumer works on fresh frames, and memory stays at `capacity` items.
 */
import { UseAfterDisposeError } from './errors.ts';

/** `produced === consumed + dropped + queued` at every moment. */
export interface LatestQueueCounters {
  readonly produced: number;
  readonly consumed: number;
  readonly dropped: number;
  readonly queued: number;
}

export class LatestQueue<T extends Disposable> implements Disposable {
  readonly capacity: number;
  readonly #items: (T | undefined)[];
  #oldest = 0;
  #queued = 0;
  #produced = 0;
  #consumed = 0;
  #dropped = 0;
  #disposed = false;

  /** @param capacity The document's `maxsize=2`: one being worked on soon, one fresher. @throws RangeError below 1. */
  constructor(capacity: number = 2) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) {
      throw new RangeError(`capacity must be a whole number of at least 1, not ${capacity}`);
    }
    this.capacity = capacity;
    this.#items = new Array<T | undefined>(capacity).fill(undefined);
  }

  get counters(): LatestQueueCounters {
    const [produced, consumed, dropped, queued] = [
      this.#produced,
      this.#consumed,
      this.#dropped,
      this.#queued,
    ];
    return { produced, consumed, dropped, queued };
  }

  /**
   * Puts an item in; from here on the queue owns it.
   * @throws UseAfterDisposeError on a queue that is gone: the item has been disposed of then, too. What the disposal of the
   *   item that was pushed out throws, after the new one was put in.
   */
  push(item: T): void {
    this.#produced += 1;
    if (this.#disposed) {
      this.#dropped += 1;
      item[Symbol.dispose]();
      throw new UseAfterDisposeError('a latest-queue');
    }
    const pushedOut = this.#queued === this.capacity ? this.#shift() : undefined;
    this.#items[(this.#oldest + this.#queued) % this.capacity] = item;
    this.#queued += 1;
    if (pushedOut !== undefined) this.#drop(pushedOut);
  }

  /** The oldest item, which the caller owns from here on; `undefined` where there is none, as after disposal. */
  take(): T | undefined {
    const item = this.#queued === 0 ? undefined : this.#shift();
    if (item !== undefined) this.#consumed += 1;
    return item;
  }

  /** The newest item, which the caller owns from here on. Older ones are disposed of and counted as dropped. */
  takeNewest(): T | undefined {
    while (this.#queued > 1) this.#drop(this.#shift());
    return this.take();
  }

  /** Drops all that is queued. Whatever a disposal throws comes after all of them were disposed of. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    using all = new DisposableStack();
    while (this.#queued > 0) {
      all.use(this.#shift());
      this.#dropped += 1;
    }
  }

  #shift(): T {
    const item = this.#items[this.#oldest] as T;
    this.#items[this.#oldest] = undefined;
    this.#oldest = (this.#oldest + 1) % this.capacity;
    this.#queued -= 1;
    return item;
  }

  #drop(item: T): void {
    this.#dropped += 1;
    item[Symbol.dispose]();
  }
}
