/**
 * One question to the monitor's threads for all who ask meanwhile. A thread that hangs in native code answers nobody:
 * whoever asks it is told so in time, and nothing piles up behind it.
 */
export class SharedAnswer<T> {
  readonly #ask: () => Promise<T> | undefined;
  readonly #limitMilliseconds: number;
  #waiting: Promise<T | undefined> | undefined;
  #late = false;

  /** @param ask Answers `undefined` where there is nobody to ask. */
  constructor(ask: () => Promise<T> | undefined, limitMilliseconds: number) {
    this.#ask = ask;
    this.#limitMilliseconds = limitMilliseconds;
  }

  /** @returns `undefined` where nobody can be asked, or the answer does not come in time. */
  async get(): Promise<T | undefined> {
    if (this.#late) return undefined;
    if (this.#waiting === undefined) {
      const answer = this.#ask();
      if (answer === undefined) return undefined;
      this.#waiting = this.#inTime(answer);
    }
    return this.#waiting;
  }

  #inTime(answer: Promise<T>): Promise<T | undefined> {
    const { promise: limit, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      this.#late = true;
      resolve(undefined);
    }, this.#limitMilliseconds);
    const over = (): void => {
      clearTimeout(timer);
      this.#late = false;
      this.#waiting = undefined;
    };
    answer.then(over, over);
    return Promise.race([answer, limit]);
  }
}
