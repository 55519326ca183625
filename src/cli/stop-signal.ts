/**
 * An AbortSignal that SIGINT and SIGTERM fire. The first one asks for a clean end; the second ends the process at
 * once, with the exit code that shells give for it.
 */
export class StopSignal implements Disposable {
  readonly #controller = new AbortController();
  readonly #onInterrupt = (): void => this.#stop(130);
  readonly #onTerminate = (): void => this.#stop(143);

  constructor() {
    process.on('SIGINT', this.#onInterrupt);
    process.on('SIGTERM', this.#onTerminate);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  #stop(exitCode: number): void {
    if (this.#controller.signal.aborted) process.exit(exitCode);
    this.#controller.abort();
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onInterrupt);
    process.off('SIGTERM', this.#onTerminate);
  }
}
