/** What one call costs in memory: the document's `@profile`, with the exact bytes instead of samples. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GCProfiler } from 'node:v8';
import { monotonicSeconds } from './clock.ts';
import { collectNow } from './collector.ts';
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

/**
 * Runs something once, between two collections. Nothing else should run in this thread meanwhile: its memory would count
 * as well.
 * @throws What the function throws.
 */
export async function profile<T>(
  run: () => T | Promise<T>,
  name: string = run.name,
): Promise<{ result: Awaited<T>; profile: CallProfile }> {
  await settle();
  const isPeakOfThisCall = resetPeakRss();
  const before = process.memoryUsage();
  const collector = new GCProfiler();
  collector.start();
  const started = monotonicSeconds();
  let result: Awaited<T>;
  let seconds: number;
  let heapAtEnd: number;
  let collections: readonly { freedBytes: number; isFull: boolean }[];
  try {
    result = await run();
  } finally {
    seconds = monotonicSeconds() - started;
    heapAtEnd = process.memoryUsage().heapUsed;
    collections = collector.stop().statistics.map(({ gcType, beforeGC, afterGC }) => ({
      isFull: gcType === 'MarkSweepCompact',
      freedBytes: beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    }));
  }
  const peak = peakRssBytes();
  await settle();
  const after = process.memoryUsage();
  const freed = collections.reduce((sum, one) => sum + one.freedBytes, 0);
  return {
    result,
    profile: {
      name,
      seconds,
      retainedHeapBytes: after.heapUsed - before.heapUsed,
      retainedBufferBytes: after.arrayBuffers - before.arrayBuffers,
      allocatedHeapBytes: Math.max(0, heapAtEnd - before.heapUsed + freed),
      collections: collections.length,
      fullCollections: collections.filter((one) => one.isFull).length,
      rssBeforeBytes: before.rss,
      rssAfterBytes: after.rss,
      peakRssBytes: peak,
      isPeakOfThisCall,
    },
  };
}

/** Twice, since what finalizers let go is garbage only then. */
async function settle(): Promise<void> {
  for (let i = 0; i < 2; i += 1) {
    collectNow();
    await nextTurn();
    await nextTurn();
  }
}
