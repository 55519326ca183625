/** The document's `PeriodicCleanup`: every so many frames and every so many seconds, whichever comes first. */
import type { Clock } from './clock.ts';

export interface PeriodicCleanupOptions {
  readonly clock: Clock;
  /** Default: 100, as in the document. */
  readonly everyFrames?: number | undefined;
  /** Also when few frames come. Default: 60. */
  readonly everySeconds?: number | undefined;
  /** Also once after so many seconds without a frame, when `tick` is called meanwhile: a spike is over. Default: never. */
  readonly idleSeconds?: number | undefined;
  /** Starts the cleaning. Called outside of a frame's own work; what it starts may go on in the background. */
  readonly cleanup: () => void;
}

export class PeriodicCleanup {
  readonly #options: PeriodicCleanupOptions;
  #frames = 0;
  #last: number;
  /** Of the newest frame, until it was cleaned up after. */
  #lastFrame: number | undefined;
  #runs = 0;

  constructor(options: PeriodicCleanupOptions) {
    const { everyFrames = 100, everySeconds = 60 } = options;
    if (!(everyFrames >= 1)) throw new RangeError(`everyFrames must be at least 1, not ${everyFrames}`);
    if (options.idleSeconds !== undefined && !(options.idleSeconds > 0))
      throw new RangeError(`idleSeconds must be above 0, not ${options.idleSeconds}`);
    if (!(everySeconds > 0)) throw new RangeError(`everySeconds must be above 0, not ${everySeconds}`);
    this.#options = options;
    this.#last = options.clock();
  }

  get runs(): number {
    return this.#runs;
  }

  /** To be called between two frames. @returns True when it cleaned. */
  frameDone(): boolean {
    const now = this.#options.clock();
    this.#frames += 1;
    this.#lastFrame = now;
    return this.#runIfDue(now);
  }

  /** To be called from time to time when no frames come. @returns True when it cleaned. */
  tick(): boolean {
    return this.#runIfDue(this.#options.clock());
  }

  #runIfDue(now: number): boolean {
    const { everyFrames = 100, everySeconds = 60, idleSeconds, cleanup } = this.#options;
    const isIdle =
      idleSeconds !== undefined && this.#lastFrame !== undefined && now - this.#lastFrame >= idleSeconds;
    if (!isIdle && this.#frames < everyFrames && now - this.#last < everySeconds) return false;
    if (isIdle) this.#lastFrame = undefined;
    this.#frames = 0;
    this.#last = now;
    this.#runs += 1;
    cleanup();
    return true;
  }
}
