/**
 * Ends native calls that hang. A call that waits in FFmpeg cannot be ended from outside; what works is the interrupt
 * flag of its own context, set by a timer, an abort or a stop, and the call made asynchronously so that the timer runs.
 */
import type { FormatContext } from './ffmpeg.ts';

/** How often the flag is set again while a call has not come back: it may not have begun when it was set first. */
const repeatMilliseconds = 20;

/** The outcome of a guarded call: FFmpeg's return code, or `timeout` where it was ended for its duration. */
export type GuardedResult = number | 'timeout';

export class Interruption {
  #reason: unknown;
  #tripped = false;
  #context: FormatContext | undefined;
  #repeat: NodeJS.Timeout | undefined;

  get tripped(): boolean {
    return this.#tripped;
  }

  /** Ends the pending call and refuses all later ones with `reason`. Only the first reason counts. */
  trip(reason: unknown): void {
    if (this.#tripped) return;
    this.#tripped = true;
    this.#reason = reason;
    if (this.#context !== undefined) this.#endPendingCall();
  }

  /** @throws The reason given to `trip`. */
  throwIfTripped(): void {
    if (this.#tripped) throw this.#reason;
  }

  /**
   * Waits for one asynchronous native call on `context`.
   * @throws The reason given to `trip`, once the call has come back.
   */
  async guard(
    context: FormatContext,
    timeoutSeconds: number,
    call: () => Promise<number>,
  ): Promise<GuardedResult> {
    this.throwIfTripped();
    this.#context = context;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      this.#endPendingCall();
    }, timeoutSeconds * 1000);
    try {
      const result = await call();
      this.throwIfTripped();
      // The flag stays set: whatever came back, this context answers nothing but interruptions from now on.
      return timedOut ? 'timeout' : result;
    } finally {
      clearTimeout(timer);
      clearInterval(this.#repeat);
      this.#repeat = undefined;
      this.#context = undefined;
    }
  }

  #endPendingCall(): void {
    this.#context?.interrupt();
    this.#repeat ??= setInterval(() => this.#context?.interrupt(), repeatMilliseconds);
  }
}
