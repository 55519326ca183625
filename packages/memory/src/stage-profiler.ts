/**
 * Memory by stage of a pipeline and by function: `using _ = profiler.enter('decode')`. A stage inside of another counts
 * for itself; each stage has its own bytes and those of all within. About 20 µs a stage (bench/profiler.ts).
 */
import type { Clock } from './clock.ts';

/** What is read at both ends of a stage. */
export interface StageReading {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly externalBytes: number;
  readonly poolBytes: number;
}

export type StageMeasure = keyof StageReading;

const measures: readonly StageMeasure[] = [
  'rssBytes',
  'heapBytes',
  'bufferBytes',
  'externalBytes',
  'poolBytes',
];

/** One stage, by its path: `frame/decode`. Bytes are net: what was made less what was freed while it ran. */
export interface StageRow extends StageReading {
  readonly path: string;
  readonly calls: number;
  /** With the stages inside. */
  readonly seconds: number;
  /** Without them; the bytes of a row are without them, too. */
  readonly ownSeconds: number;
}

/** A moment on the timeline. */
export interface StageSample {
  readonly atSeconds: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
}

export interface StageReport {
  readonly seconds: number;
  /** In the order in which they first ran. */
  readonly rows: readonly StageRow[];
  /** Bounded: when there are too many, every second one goes, and from then on half as many are kept. */
  readonly timeline: readonly StageSample[];
}

interface Frame {
  readonly path: string;
  readonly startSeconds: number;
  readonly start: StageReading;
  readonly inner: Record<StageMeasure | 'seconds', number>;
}

interface Totals extends Record<StageMeasure, number> {
  calls: number;
  seconds: number;
  ownSeconds: number;
}

const timelineRoom = 1000;

export class StageProfiler {
  readonly #clock: Clock;
  readonly #poolBytes: () => number;
  readonly #started: number;
  readonly #stack: Frame[] = [];
  readonly #rows = new Map<string, Totals>();
  #timeline: StageSample[] = [];
  #keepEvery = 1;
  #seen = 0;

  /** @param options.poolBytes Bytes that the program's pools hold, to be told apart from other buffers. */
  constructor(options: { clock: Clock; poolBytes?: (() => number) | undefined }) {
    this.#clock = options.clock;
    this.#poolBytes = options.poolBytes ?? (() => 0);
    this.#started = options.clock();
  }

  /** Begins a stage inside of the one that runs. Its end has to come before that of the other. */
  enter(name: string): Disposable {
    const outer = this.#stack.at(-1);
    const path = outer === undefined ? name : `${outer.path}/${name}`;
    const inner = { rssBytes: 0, heapBytes: 0, bufferBytes: 0, externalBytes: 0, poolBytes: 0, seconds: 0 };
    const frame: Frame = { path, startSeconds: this.#clock(), start: this.#read(), inner };
    this.#stack.push(frame);
    return { [Symbol.dispose]: () => this.#leave(frame) };
  }

  /** Runs a function as a stage. */
  run<T>(name: string, work: () => T): T {
    using _stage = this.enter(name);
    return work();
  }

  report(): StageReport {
    const rows = [...this.#rows].map(([path, totals]) => ({ path, ...totals }));
    return { seconds: this.#clock() - this.#started, rows, timeline: this.#timeline };
  }

  #leave(frame: Frame): void {
    if (this.#stack.at(-1) !== frame) {
      if (!this.#stack.includes(frame)) return;
      throw new RangeError(
        `stage ${frame.path} ends before ${this.#stack.at(-1)?.path ?? ''}, which began inside of it`,
      );
    }
    this.#stack.pop();
    const end = this.#read();
    const seconds = this.#clock() - frame.startSeconds;
    const outer = this.#stack.at(-1);
    const row = this.#rowOf(frame.path);
    row.calls += 1;
    row.seconds += seconds;
    row.ownSeconds += seconds - frame.inner.seconds;
    if (outer !== undefined) outer.inner.seconds += seconds;
    for (const measure of measures) {
      const bytes = end[measure] - frame.start[measure];
      row[measure] += bytes - frame.inner[measure];
      if (outer !== undefined) outer.inner[measure] += bytes;
    }
    this.#note(end);
  }

  #rowOf(path: string): Totals {
    let row = this.#rows.get(path);
    if (row === undefined) {
      const none = { rssBytes: 0, heapBytes: 0, bufferBytes: 0, externalBytes: 0, poolBytes: 0 };
      row = { calls: 0, seconds: 0, ownSeconds: 0, ...none };
      this.#rows.set(path, row);
    }
    return row;
  }

  #read(): StageReading {
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    return {
      rssBytes: rss,
      heapBytes: heapUsed,
      bufferBytes: arrayBuffers,
      externalBytes: external,
      poolBytes: this.#poolBytes(),
    };
  }

  #note({ rssBytes, heapBytes, bufferBytes }: StageReading): void {
    this.#seen += 1;
    if (this.#seen % this.#keepEvery !== 0) return;
    this.#timeline.push({ atSeconds: this.#clock() - this.#started, rssBytes, heapBytes, bufferBytes });
    if (this.#timeline.length < timelineRoom) return;
    this.#timeline = this.#timeline.filter((_, at) => at % 2 === 1);
    this.#keepEvery *= 2;
  }
}
