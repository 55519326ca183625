/**
 * Keeps cleaning out of the way of work: a thread says in shared memory that it is inside of an inference, and the one
 * that cleans looks before each step.
 */

/** What `postMessage` carries to another thread. */
export interface BusyGuardHandle {
  readonly kind: 'plateau.busy-guard';
  readonly buffer: SharedArrayBuffer;
}

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
    return Atomics.load(this.#word, 0) > 0;
  }

  /** `using _ = guard.enter()`, around each inference. */
  enter(): Disposable {
    Atomics.add(this.#word, 0, 1);
    return new Turn(this.#word);
  }

  /** For a supervisor whose thread died inside: nobody is in there any more. */
  reset(): void {
    Atomics.store(this.#word, 0, 0);
  }
}

class Turn implements Disposable {
  #word: Int32Array<SharedArrayBuffer> | undefined;

  constructor(word: Int32Array<SharedArrayBuffer>) {
    this.#word = word;
  }

  [Symbol.dispose](): void {
    if (this.#word !== undefined) Atomics.sub(this.#word, 0, 1);
    this.#word = undefined;
  }
}
