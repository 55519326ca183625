import type { KeptFrame } from '../vision/video/video-frame.ts';

/**
 * Pictures that somebody wants to see, held (by reference count, not copied) until their decision comes back.
 * Bounded: the oldest is given up first.
 */
export class PendingPictures implements Disposable {
  readonly #capacity: number;
  readonly #frames: { sequence: number; frame: KeptFrame }[] = [];
  #givenUp = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get count(): number {
    return this.#frames.length;
  }

  /** Pictures given up because their decision did not come in time. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** Takes over the ownership of `frame`. */
  add(sequence: number, frame: KeptFrame): void {
    if (this.#frames.length >= this.#capacity) {
      this.#frames.shift()?.frame[Symbol.dispose]();
      this.#givenUp += 1;
    }
    this.#frames.push({ sequence, frame });
  }

  /** Hands over the picture of a decision, and its ownership; those before it are given up. */
  take(sequence: number): KeptFrame | undefined {
    while (this.#frames.length > 0 && this.#frames[0].sequence <= sequence) {
      const entry = this.#frames.shift();
      if (entry?.sequence === sequence) return entry.frame;
      entry?.frame[Symbol.dispose]();
      this.#givenUp += 1;
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    for (const { frame } of this.#frames) frame[Symbol.dispose]();
    this.#frames.length = 0;
  }
}
