/** Measures one stretch of a program: what V8 made and kept in it, its collections, its peak of RSS. */
import { GCProfiler } from 'node:v8';
import { monotonicSeconds } from './clock.ts';
import { peakRssBytes, resetPeakRss } from './peak-rss.ts';

export interface CallProfile {
  readonly name: string;
  readonly seconds: number;
  /** What is still there after the call and a collection. Buffers: exact. */
  readonly retainedHeapBytes: number;
  readonly retainedBufferBytes: number;
  /** All that was made on V8's heap meanwhile, garbage included. */
  readonly allocatedHeapBytes: number;
  /** Of both generations, and of the old one, which is dear. */
  readonly collections: number;
  readonly fullCollections: number;
  readonly rssBeforeBytes: number;
  readonly rssAfterBytes: number;
  /** The highest RSS during the call. */
  readonly peakRssBytes: number;
  /** False where the system keeps only one peak for the process's whole life; then `peakRssBytes` is that. */
  readonly isPeakOfThisCall: boolean;
}

export class CallMeter {
  readonly #isPeakOfThisCall = resetPeakRss();
  readonly #before = process.memoryUsage();
  #collector = new GCProfiler();
  readonly #started = monotonicSeconds();
  #freedBytes = 0;
  #collections = 0;
  #fullCollections = 0;

  /** Begins at once; a collection should come just before. */
  constructor() {
    this.#collector.start();
  }

  /** Adds up what the collector has told so far; to be called about once a second in a long run, since V8 keeps it all. */
  tick(): void {
    this.#addUp();
    this.#collector = new GCProfiler();
    this.#collector.start();
  }

  /** Ends the stretch. @returns What is to be called after a collection: it tells what is still there then. */
  end(): (name: string) => CallProfile {
    const seconds = monotonicSeconds() - this.#started;
    const heapAtEnd = process.memoryUsage().heapUsed;
    this.#addUp();
    const peak = peakRssBytes();
    return (name) => {
      const after = process.memoryUsage();
      const before = this.#before;
      return {
        name,
        seconds,
        retainedHeapBytes: after.heapUsed - before.heapUsed,
        retainedBufferBytes: after.arrayBuffers - before.arrayBuffers,
        allocatedHeapBytes: Math.max(0, heapAtEnd - before.heapUsed + this.#freedBytes),
        collections: this.#collections,
        fullCollections: this.#fullCollections,
        rssBeforeBytes: before.rss,
        rssAfterBytes: after.rss,
        peakRssBytes: peak,
        isPeakOfThisCall: this.#isPeakOfThisCall,
      };
    };
  }

  #addUp(): void {
    for (const { gcType, beforeGC, afterGC } of this.#collector.stop()?.statistics ?? []) {
      this.#collections += 1;
      if (gcType === 'MarkSweepCompact') this.#fullCollections += 1;
      this.#freedBytes += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
    }
  }
}
