/**
 * Memory by stage of a pipeline and by function: `using _ = profiler.enter('decode')`. Memory is read whenever a stage
 * begins or ends, and what has changed since counts for the stage that ran: so each byte counts once, and a stage has
 * its bytes without those of the stages inside. About 20 µs a stage (bench/profiler.ts).
 */
import { getHeapStatistics } from 'node:v8';
import type { Clock } from './clock.ts';
import { endedAfter } from './stage.ts';
import { type StageReading, type StageReport, type StageRow, stageMeasures } from './stage-report.ts';
import { StageTimeline } from './stage-timeline.ts';
import { threadAccounts } from './thread-accounts.ts';

/** The figures of one path, growing. */
class Totals implements StageRow {
  readonly path: string;
  calls = 0;
  measuredCalls = 0;
  seconds = 0;
  ownSeconds = 0;
  rssBytes = 0;
  heapBytes = 0;
  bufferBytes = 0;
  externalBytes = 0;
  poolBytes = 0;

  constructor(path: string) {
    this.path = path;
  }
}

interface Running {
  readonly row: Totals;
  readonly isMeasured: boolean;
  readonly startSeconds: number;
}

/** Calls of a stage that are measured whatever it costs; and the share of the run that the readings of more may take. */
const alwaysMeasured = 300;
const dearShare = 0.015;
/** Share of the run that whole readings may take where no buffer comes or goes. */
const wholeShare = 0.01;
/** Names made up at run time, and stages that are never ended, must not grow without end. */
const rowRoom = 500;
const depthRoom = 64;
const otherStages = '(other stages)';
const unmeasured: Disposable = { [Symbol.dispose]: () => undefined };

/** Bytes of V8's heap that each side of a stage costs by itself: its own readings and objects. */
interface OwnHeap {
  readonly atBegin: number;
  readonly atEnd: number;
}

export class StageProfiler {
  readonly #clock: Clock;
  readonly #poolBytes: () => number;
  readonly #started: number;
  readonly #stack: Running[] = [];
  readonly #rows = new Map<string, Totals>();
  readonly #timeline = new StageTimeline();
  #overlaps = 0;
  #measuringSeconds = 0;
  #last: StageReading = { rssBytes: 0, heapBytes: 0, bufferBytes: 0, externalBytes: 0, poolBytes: 0 };
  /** From when on RSS has to be read anew. */
  #staleAtSeconds = Number.NEGATIVE_INFINITY;
  #lastSeconds: number;
  #ownHeap: OwnHeap = { atBegin: 0, atEnd: 0 };
  /** What of the heap that has been made since the last reading is this profiler's own. */
  #ownSince = 0;

  /** @param options.poolBytes Bytes that the program's pools hold, to be told apart from other buffers. Default: all pools of this thread. */
  constructor(options: { clock: Clock; poolBytes?: (() => number) | undefined }) {
    this.#clock = options.clock;
    this.#poolBytes = options.poolBytes ?? (() => threadAccounts.poolBytes);
    this.#last = this.#read();
    this.#started = options.clock();
    this.#lastSeconds = this.#started;
    this.#calibrate();
    this.#started = options.clock();
    this.#lastSeconds = this.#started;
  }

  /** Begins a stage inside of the one that runs. */
  enter(name: string): Disposable {
    if (this.#stack.length >= depthRoom) return unmeasured;
    const outer = this.#stack.at(-1);
    const row = this.#rowOf(name.replaceAll('/', '∕'), outer?.row.path);
    row.calls += 1;
    const isMeasured = outer?.isMeasured !== false && (row.calls <= alwaysMeasured || !this.#isDear());
    let startSeconds: number;
    if (isMeasured) {
      this.#settle(this.#ownHeap.atBegin);
      row.measuredCalls += 1;
      startSeconds = this.#lastSeconds;
    } else startSeconds = this.#clock();
    const running = { row, isMeasured, startSeconds };
    this.#stack.push(running);
    return { [Symbol.dispose]: () => this.#leave(running) };
  }

  /** Runs a function as a stage; an asynchronous one until its promise is settled. */
  run<T>(name: string, work: () => T): T {
    return endedAfter(this.enter(name), work);
  }

  /** Notes a moment on the timeline, for programs that take their time between stages. */
  sample(): void {
    this.#settle(this.#ownHeap.atEnd);
    this.#timeline.note(this.#lastSeconds - this.#started, this.#last);
  }

  /** Of all stages, those that still run included. */
  report(): StageReport {
    this.#settle(this.#ownHeap.atEnd);
    const now = this.#lastSeconds;
    const rows = [...this.#rows.values()].map((row) => ({ ...row }));
    for (const { row, startSeconds } of this.#stack) {
      const copy = rows.find(({ path }) => path === row.path);
      if (copy !== undefined) copy.seconds += now - startSeconds;
    }
    return {
      seconds: now - this.#started,
      measuringSeconds: this.#measuringSeconds,
      rows,
      timeline: this.#timeline.samples,
      overlaps: this.#overlaps,
    };
  }

  #leave(running: Running): void {
    const at = this.#stack.lastIndexOf(running);
    if (at === -1) return;
    if (running.isMeasured) this.#settle(this.#ownHeap.atEnd);
    if (at < this.#stack.length - 1) this.#overlaps += 1;
    this.#stack.splice(at, 1);
    const now = running.isMeasured ? this.#lastSeconds : this.#clock();
    running.row.seconds += now - running.startSeconds;
    if (running.isMeasured) this.#timeline.note(now - this.#started, this.#last);
  }

  #isDear(): boolean {
    return this.#measuringSeconds > dearShare * (this.#clock() - this.#started);
  }

  /** What has changed since the last reading counts for the innermost stage that runs and is measured. */
  #settle(ownNext: number): void {
    const began = this.#clock();
    const reading = this.#read();
    const row = this.#stack.findLast(({ isMeasured }) => isMeasured)?.row;
    if (row !== undefined) {
      for (const measure of stageMeasures) row[measure] += reading[measure] - this.#last[measure];
      row.heapBytes -= this.#ownSince;
      row.ownSeconds += began - this.#lastSeconds;
    }
    this.#ownSince = ownNext;
    this.#last = reading;
    this.#lastSeconds = this.#clock();
    this.#measuringSeconds += this.#lastSeconds - began;
  }

  #rowOf(name: string, outer: string | undefined): Totals {
    const path = outer === undefined ? name : `${outer}/${name}`;
    let row = this.#rows.get(path);
    if (row !== undefined) return row;
    if (this.#rows.size >= rowRoom && name !== otherStages) return this.#rowOf(otherStages, undefined);
    row = new Totals(path);
    this.#rows.set(path, row);
    return row;
  }

  /**
   * RSS is what makes a reading dear (8 of 9 µs). Where no buffer has come or gone since the last whole reading, and that
   * is not long ago, only V8's heap is read anew (0.4 µs).
   */
  #read(): StageReading {
    const began = this.#clock();
    const last = this.#last;
    const { used_heap_size: heapBytes, external_memory: externalBytes } = getHeapStatistics();
    const isFresh = began < this.#staleAtSeconds && last.externalBytes === externalBytes;
    if (isFresh) return { ...last, heapBytes, poolBytes: this.#poolBytes() };
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    const ended = this.#clock();
    this.#staleAtSeconds = ended + (ended - began) / wholeShare;
    return {
      rssBytes: rss,
      heapBytes: heapUsed,
      bufferBytes: arrayBuffers,
      externalBytes: external,
      poolBytes: this.#poolBytes(),
    };
  }

  /** The medians of what nothing seems to cost. */
  #calibrate(): void {
    const rounds = 60;
    const inside: number[] = [];
    const between: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = this.#last.heapBytes;
      const nothing = this.enter('nothing');
      between.push(this.#last.heapBytes - before);
      const begun = this.#last.heapBytes;
      nothing[Symbol.dispose]();
      inside.push(this.#last.heapBytes - begun);
    }
    const median = (values: number[]): number => Math.max(0, values.sort((a, b) => a - b)[rounds / 2] ?? 0);
    this.#ownHeap = { atBegin: median(inside), atEnd: median(between) };
    this.#rows.clear();
    this.#timeline.clear();
    this.#measuringSeconds = 0;
    this.#ownSince = 0;
  }
}
