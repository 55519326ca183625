/** Counts bytes by line, as the probes of `line-probes.ts` tell it. For one thread and one file at a time. */
import { monotonicSeconds } from '../clock.ts';
import { collectNow } from '../collector.ts';
import { probesName } from './line-probes.ts';

/**
 * What one line made, garbage included; of a call in which V8 collected, nothing. Buffers: less what was freed while it ran.
 * Without the lines of functions that it called, if they have probes.
 */
export interface LineRow {
  readonly line: number;
  readonly calls: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
}

interface Totals {
  calls: number;
  heapBytes: number;
  bufferBytes: number;
}

/** A heap that has shrunk by more while a line ran has been collected. */
const collectedBytes = 4096;

export class LineRecorder implements Disposable {
  readonly #totals = new Map<number, Totals>();
  /** The line that each open function is at, the innermost last. */
  readonly #lines: number[] = [0];
  #heap = 0;
  #buffers = 0;
  /** What one reading leaves on the heap: less once V8 has optimised it, so it is measured again at each probe. */
  #ownBytes = 0;
  #started = false;
  #probeSeconds = 0;
  #probedSince = 0;

  /** Makes the probes of this thread report here. The caller owns it. */
  static install(): LineRecorder {
    const recorder = new LineRecorder();
    (globalThis as Record<string, unknown>)[probesName] = recorder;
    return recorder;
  }

  /** What the probes themselves took so far. */
  get probeSeconds(): number {
    return this.#probeSeconds;
  }

  /** @internal Called by a probe before each statement. */
  line(line: number): void {
    if (!this.#started) this.#start();
    this.#settle();
    this.#lines[this.#lines.length - 1] = line;
    this.#rowOf(line).calls += 1;
    this.#begin();
  }

  /** @internal Called by a probe at the beginning of a function. */
  enter(line: number): void {
    this.#settle();
    this.#lines.push(line);
    this.#begin();
  }

  /** @internal Called by a probe at a function's end. */
  exit(): void {
    this.#settle();
    if (this.#lines.length > 1) this.#lines.pop();
    this.#begin();
  }

  /** In the order of the source. */
  rows(): LineRow[] {
    return [...this.#totals].map(([line, totals]) => ({ line, ...totals })).sort((a, b) => a.line - b.line);
  }

  /** Ends the recording; probes that are still called do nothing. */
  [Symbol.dispose](): void {
    this.#settle();
    const nothing = (): void => undefined;
    (globalThis as Record<string, unknown>)[probesName] = { line: nothing, enter: nothing, exit: nothing };
  }

  /** Garbage from before, the file's own syntax tree among it, must not be freed in the middle of some line. */
  #start(): void {
    this.#started = true;
    collectNow();
    this.#probedSince = monotonicSeconds();
    this.#begin();
  }

  #settle(): void {
    const heapBefore = this.#heap;
    const buffersBefore = this.#buffers;
    this.#probedSince = monotonicSeconds();
    this.#read();
    const line = this.#lines.at(-1) ?? 0;
    if (line === 0) return;
    const row = this.#rowOf(line);
    const made = this.#heap - heapBefore - this.#ownBytes;
    if (made > -collectedBytes) row.heapBytes += made;
    row.bufferBytes += this.#buffers - buffersBefore;
  }

  /** Between the two readings lies what lies between any two: a look at the clock. Their difference is a probe's own. */
  #begin(): void {
    this.#read();
    const before = this.#heap;
    this.#probeSeconds += monotonicSeconds() - this.#probedSince;
    this.#read();
    const own = this.#heap - before;
    if (own >= 0) this.#ownBytes = own;
  }

  #read(): void {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    this.#heap = heapUsed;
    this.#buffers = arrayBuffers;
  }

  #rowOf(line: number): Totals {
    let row = this.#totals.get(line);
    if (row === undefined) {
      row = { calls: 0, heapBytes: 0, bufferBytes: 0 };
      this.#totals.set(line, row);
    }
    return row;
  }
}
