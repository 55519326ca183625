/**
 * One line that rewrites itself on a terminal: a bar where the whole is known, the rate and the time that
 * remains. Prints nothing when standard error is piped.
 */
export class ProgressLine implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #startedAt: number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #shown = false;

  constructor(stream: NodeJS.WriteStream = process.stderr, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
    this.#startedAt = now();
  }

  /**
   * @param done Pictures done so far.
   * @param fraction How much of the whole that is, 0..1; `undefined` where the whole is unknown.
   */
  update(label: string, done: number, fraction: number | undefined): void {
    if (!this.#stream.isTTY) return;
    const now = this.#now();
    if (now - this.#shownAt < 100) return;
    this.#shownAt = now;
    const seconds = (now - this.#startedAt) / 1000;
    const rate = `${(done / Math.max(seconds, 1e-3)).toFixed(0)} pictures/s`;
    const line =
      fraction === undefined
        ? `${label} ${done} pictures, ${rate}`
        : `${label} ${bar(fraction)} ${(fraction * 100).toFixed(0)} %, ${rate}, ${remaining(seconds, fraction)}`;
    this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
    this.#shown = true;
  }

  [Symbol.dispose](): void {
    if (this.#shown) this.#stream.write('\r\u001b[2K');
    this.#shown = false;
  }
}

function bar(fraction: number): string {
  const width = 24;
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
}

function remaining(seconds: number, fraction: number): string {
  if (fraction <= 0.01) return 'estimating';
  const left = Math.max(0, Math.round((seconds * (1 - fraction)) / fraction));
  return left >= 60 ? `${Math.floor(left / 60)} min ${left % 60} s left` : `${left} s left`;
}
