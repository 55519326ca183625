/** Ten thousand frames through the parts of the core after a warm-up; prints what they allocated, as JSON. */
import { GCProfiler } from 'node:v8';
import {
  BufferPool,
  BusyGuard,
  collectNow,
  FrameRing,
  LatestQueue,
  LeakDetectingPool,
  PeriodicCleanup,
  SlabPool,
} from '../../src/index.ts';

export interface SteadyState {
  readonly bufferGrowthBytes: number;
  readonly heapBytesPerFrame: number;
  readonly fullCollections: number;
  readonly allocations: number;
}

using slabs = new SlabPool();
const shape = { slots: 3, slotByteLength: 3 * 32 * 32 * 4, metadataFields: 4 };
using ring = FrameRing.allocate(slabs, shape);
using writer = ring.writer({ overwrite: true });
using reader = ring.reader();
using pool = new LeakDetectingPool(new BufferPool(), 'simple');
using queue = new LatestQueue(2);
const cleanup = new PeriodicCleanup({ clock: () => 0, cleanup: () => void pool.trim(1_000_000) });
const guard = BusyGuard.create();
// Without `using`, whose own 200 B a block are the language's.
const frame = (number: number): void => {
  const written = writer.acquire();
  if (written === undefined) throw new Error('the writer should always have a slot');
  written.float32().fill(number);
  written.metadata[0] = number;
  written.publish();
  written[Symbol.dispose]();
  const inference = guard.enter();
  const taken = reader.takeNewest();
  const mask = pool.lease('uint8', 1024);
  mask.data[0] = taken?.float32(0, 1024)[0] ?? 0;
  taken?.[Symbol.dispose]();
  inference[Symbol.dispose]();
  mask.return();
  queue.push(waiting);
  queue.takeNewest();
  cleanup.frameDone();
};
const waiting = { [Symbol.dispose]: () => undefined };
for (let number = 0; number < 100; number += 1) frame(number);
// The first hundred leave the compiler's own work behind, which is not a frame's.
for (let number = 0; number < 20_000; number += 1) frame(number);
collectNow();
const frames = 10_000;
const windows = 5;
const collector = new GCProfiler();
const buffersBefore = process.memoryUsage().arrayBuffers;
const heapBytesPerFrame = [];
let fullCollections = 0;
for (let window = 0; window < windows; window += 1) {
  const before = process.memoryUsage().heapUsed;
  collector.start();
  for (let number = 0; number < frames; number += 1) frame(number);
  const after = process.memoryUsage().heapUsed;
  const { statistics } = collector.stop();
  const freed = statistics.reduce(
    (sum, { beforeGC, afterGC }) =>
      sum + beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    0,
  );
  heapBytesPerFrame.push((after - before + freed) / frames);
  fullCollections += statistics.filter(({ gcType }) => gcType === 'MarkSweepCompact').length;
}
const outcome: SteadyState = {
  bufferGrowthBytes: process.memoryUsage().arrayBuffers - buffersBefore,
  // On a busy machine the compiler works on after any warm-up, on this same heap: it can only add to a window.
  heapBytesPerFrame: Math.min(...heapBytesPerFrame),
  fullCollections,
  allocations: pool.counters.allocations,
};
console.log(JSON.stringify(outcome));
