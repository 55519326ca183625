/** Lets a recording pass in real time, so that it can stand in for a camera. */
import { setTimeout as delay } from 'node:timers/promises';
import type { VideoFrame } from './video-frame.ts';

/** Further behind than this, a recording goes on from here instead of rushing after its own clock. */
const longestLagSeconds = 0.5;

export class Pacer {
  readonly #clock: () => number;
  #origin: number | undefined;

  /** @param clock Monotonic seconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Waits until this picture is due. An abort ends the wait at once, without an error. */
  async until(frame: VideoFrame, signal: AbortSignal): Promise<void> {
    const now = this.#clock();
    this.#origin ??= now - frame.timestampSeconds;
    const due = this.#origin + frame.timestampSeconds;
    if (now - due > longestLagSeconds) {
      this.#origin = now - frame.timestampSeconds;
      return;
    }
    if (due - now < 0.001) return;
    try {
      await delay((due - now) * 1000, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
