import { peakRssBytes } from '@plateau/memory';

/**
 * Resident memory over the course of a run, in a bounded number of samples: when the series is full, every other
 * sample is left out and only every second one taken from then on.
 */
export class RssSeries {
  readonly #readRss: () => number;
  readonly #capacity: number;
  readonly #samples: { frame: number; bytes: number }[] = [];
  #every = 1;
  #offered = 0;
  #peak = 0;

  constructor(readRss: () => number = () => process.memoryUsage.rss(), capacity = 4096) {
    this.#readRss = readRss;
    this.#capacity = capacity;
  }

  /** Takes a sample that belongs to a frame number. */
  sample(frame: number): number {
    const bytes = this.#readRss();
    this.#peak = Math.max(this.#peak, bytes);
    if (this.#offered % this.#every === 0) this.#samples.push({ frame, bytes });
    this.#offered += 1;
    if (this.#samples.length === this.#capacity) this.#thin();
    return bytes;
  }

  #thin(): void {
    const kept = this.#samples.filter((_, index) => index % 2 === 0);
    this.#samples.length = 0;
    this.#samples.push(...kept);
    this.#every *= 2;
  }

  get samples(): readonly { readonly frame: number; readonly bytes: number }[] {
    return this.#samples;
  }

  /** Highest sample so far; the operating system's own high watermark where it tells one. */
  get peakBytes(): number {
    return Math.max(this.#peak, peakRssBytes());
  }

  /** Least-squares slope over the second half of the run, bytes a frame; 0 while there are too few samples. */
  get slopeBytesPerFrame(): number {
    const half = this.#samples.slice(this.#samples.length >> 1);
    if (half.length < 2) return 0;
    const meanFrame = half.reduce((sum, { frame }) => sum + frame, 0) / half.length;
    const meanBytes = half.reduce((sum, { bytes }) => sum + bytes, 0) / half.length;
    let covariance = 0;
    let variance = 0;
    for (const { frame, bytes } of half) {
      covariance += (frame - meanFrame) * (bytes - meanBytes);
      variance += (frame - meanFrame) ** 2;
    }
    return variance === 0 ? 0 : covariance / variance;
  }
}
