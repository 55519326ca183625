/** Values of a chunk; each decision takes two of them. */
const chunkValues = 8192;

/**
 * Coverage over the time of a recording, 16 bytes a decision: the only thing that an analysis keeps of every picture, a day
 * of video at 25 a second included (35 MB). As pairs in JavaScript each took some 200.
 */
export class CoverageSeries {
  readonly #chunks: Float64Array[] = [];
  #values = 0;

  /** @param coverage `null` where it is unknown. */
  push(timestampSeconds: number, coverage: number | null): void {
    const place = this.#values % chunkValues;
    if (place === 0) this.#chunks.push(new Float64Array(chunkValues));
    const chunk = this.#chunks.at(-1)!;
    chunk[place] = timestampSeconds;
    chunk[place + 1] = coverage ?? Number.NaN;
    this.#values += 2;
  }

  /** As the report has it. */
  pairs(): [timestampSeconds: number, coverage: number | null][] {
    return Array.from({ length: this.#values / 2 }, (_, decision) => {
      const chunk = this.#chunks[Math.floor((decision * 2) / chunkValues)]!;
      const place = (decision * 2) % chunkValues;
      const coverage = chunk[place + 1]!;
      return [chunk[place]!, Number.isNaN(coverage) ? null : coverage];
    });
  }
}
