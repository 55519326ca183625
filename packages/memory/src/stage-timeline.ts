import type { StageReading, StageSample } from './stage-report.ts';

const room = 1000;

/** Moments of a run, evenly thinned out as it grows longer: never more than 1000. */
export class StageTimeline {
  #samples: StageSample[] = [];
  #keepEvery = 1;
  #seen = 0;

  get samples(): readonly StageSample[] {
    return this.#samples;
  }

  note(atSeconds: number, { rssBytes, heapBytes, bufferBytes }: StageReading): void {
    this.#seen += 1;
    if (this.#seen % this.#keepEvery !== 0) return;
    this.#samples.push({ atSeconds, rssBytes, heapBytes, bufferBytes });
    if (this.#samples.length < room) return;
    this.#samples = this.#samples.filter((_, at) => at % 2 === 1);
    this.#keepEvery *= 2;
  }

  clear(): void {
    this.#samples = [];
    this.#keepEvery = 1;
    this.#seen = 0;
  }
}
