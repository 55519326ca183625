/**
 * Keeps cleaning out of the way of work: a thread says in shared memory that it is inside of an inference, and the one
 * that cleans looks before each step.
 */

/** What `postMessage` carries to another thread. */
export interface BusyGuardHandle {
  readonly kind: 'plateau.busy-guard';
  readonly buffer: SharedArrayBuffer;
}

/** How many are inside; the bits above count the resets. */
const countBits = 0xffff;

/** One for each thread that infers. */
export class BusyGuard {
  readonly #word: Int32Array<SharedArrayBuffer>;

  private constructor(buffer: SharedArrayBuffer) {
    this.#word = new Int32Array(buffer);
  }

  static create(): BusyGuard {
    return new BusyGuard(new SharedArrayBuffer(4));
  }

  /** The same guard in another thread. */
  static attach(handle: BusyGuardHandle): BusyGuard {
    return new BusyGuard(handle.buffer);
  }

  get handle(): BusyGuardHandle {
    return { kind: 'plateau.busy-guard', buffer: this.#word.buffer };
  }

  /** True while any thread is inside. */
  get busy(): boolean {
    return (Atomics.load(this.#word, 0) & countBits) > 0;
  }

  /** `using _ = guard.enter()`, around each inference. */
  enter(): Disposable {
    const resets = Atomics.add(this.#word, 0, 1) & ~countBits;
    return new Turn(this.#word, resets);
  }

  /** For a supervisor whose thread died inside: nobody is in there any more. */
  reset(): void {
    for (;;) {
      const word = Atomics.load(this.#word, 0);
      if (exchange(this.#word, word, ((word & ~countBits) + countBits + 1) | 0)) return;
    }
  }
}

class Turn implements Disposable {
  readonly #resets: number;
  #word: Int32Array<SharedArrayBuffer> | undefined;

  constructor(word: Int32Array<SharedArrayBuffer>, resets: number) {
    this.#word = word;
    this.#resets = resets;
  }

  [Symbol.dispose](): void {
    const words = this.#word;
    this.#word = undefined;
    while (words !== undefined) {
      const word = Atomics.load(words, 0);
      // A turn that a supervisor has ended already is none of those that are inside now.
      if ((word & ~countBits) !== this.#resets || exchange(words, word, word - 1)) return;
    }
  }
}

function exchange(words: Int32Array<SharedArrayBuffer>, from: number, to: number): boolean {
  return Atomics.compareExchange(words, 0, from, to) === from;
}
