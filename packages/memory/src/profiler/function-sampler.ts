/**
 * What V8 made by function, garbage included: from its sampling heap profiler, which tells the function that allocates
 * and sees no buffers. A sample each 128 kB.
 */
import { type HeapProfiler, Session } from 'node:inspector';

export interface FunctionRow {
  readonly name: string;
  /** Address of the file; empty for V8's own and for code without one. */
  readonly file: string;
  /** From 1; 0 where there is no file. */
  readonly line: number;
  /** An estimate: within some per cent from about 10 MB on. */
  readonly heapBytes: number;
}

const samplingIntervalBytes = 131_072;
const rowRoom = 2000;
const otherFunctions: Omit<FunctionRow, 'heapBytes'> = { name: '(other functions)', file: '', line: 0 };
/** What profiling itself makes is not the program's. */
const ownFiles = /\/(?:stage-profiler|stage-timeline|call-meter|profiler\/[a-z-]+)\.[jt]s$/;

export class FunctionSampler implements Disposable {
  readonly #session = new Session();
  readonly #rows = new Map<string, Omit<FunctionRow, 'heapBytes'> & { heapBytes: number }>();

  /** Samples this thread from here on. */
  constructor() {
    this.#session.connect();
    this.#begin();
  }

  /** Adds up what has been sampled; to be called about once a second, since V8 keeps every sample until then. */
  tick(): void {
    this.#end();
    this.#begin();
  }

  /** The functions that made most, most first. */
  rows(limit: number): FunctionRow[] {
    return [...this.#rows.values()].sort((a, b) => b.heapBytes - a.heapBytes).slice(0, limit);
  }

  [Symbol.dispose](): void {
    this.#end();
    this.#session.disconnect();
  }

  #begin(): void {
    this.#session.post('HeapProfiler.startSampling', {
      samplingInterval: samplingIntervalBytes,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    } as HeapProfiler.StartSamplingParameterType);
  }

  /** The answer comes within the call, since the session is this thread's own. */
  #end(): void {
    this.#session.post('HeapProfiler.stopSampling', (error, result) => {
      if (error !== null) throw error;
      const open = [result.profile.head];
      for (let node = open.pop(); node !== undefined; node = open.pop()) {
        open.push(...node.children);
        this.#add(node);
      }
    });
  }

  #add({ callFrame, selfSize }: HeapProfiler.SamplingHeapProfileNode): void {
    const { functionName, url, lineNumber } = callFrame;
    if (selfSize === 0 || ownFiles.test(url)) return;
    const line = url === '' ? 0 : lineNumber + 1;
    const key = `${url}:${line}:${functionName}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      const hasRoom = this.#rows.size < rowRoom;
      const about = hasRoom ? { name: functionName || '(anonymous)', file: url, line } : otherFunctions;
      row = this.#rows.get(hasRoom ? key : '') ?? { ...about, heapBytes: 0 };
      this.#rows.set(hasRoom ? key : '', row);
    }
    row.heapBytes += selfSize;
  }
}
