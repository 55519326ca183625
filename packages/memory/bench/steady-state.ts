/**
 * Point 1: 10,000 frames after 100, through the parts of the core (a frame of it has 3 leases of 80 B, and the language's own
 * `using` 200 B a block). Point 3: what detection costs a pipeline.
 * `node --conditions=source packages/memory/bench/steady-state.ts`
 */
import { GCProfiler } from 'node:v8';
import {
  BufferPool,
  type BufferSource,
  FrameRing,
  LatestQueue,
  LeakDetectingPool,
  type LeakLevel,
  MemoryMonitor,
  monotonicSeconds,
  PeriodicCleanup,
  SlabPool,
  threshold,
} from '../src/index.ts';
import { say, sayMachine } from './clock.ts';

const side = 160;

/** One frame as the pipeline moves it: written, taken, worked on in leased buffers, its result queued and consumed. */
function pipeline(source: BufferSource): { frame: (number: number) => void } & Disposable {
  const stack = new DisposableStack();
  const slabs = stack.use(new SlabPool());
  const ring = stack.use(
    FrameRing.allocate(slabs, { slots: 3, slotByteLength: 3 * side * side * 4, metadataFields: 4 }),
  );
  const writer = stack.use(ring.writer({ overwrite: true }));
  const reader = stack.use(ring.reader());
  const queue = stack.use(new LatestQueue(2));
  const monitor = new MemoryMonitor({ slabs });
  const cleanup = new PeriodicCleanup({
    clock: monotonicSeconds,
    cleanup: () => void source.trim(4_000_000),
  });
  const frame = (number: number): void => {
    using written = writer.acquire();
    if (written === undefined) return;
    written.float32().fill(number);
    written.metadata[0] = number;
    written.publish();
    using taken = reader.takeNewest();
    if (taken === undefined) return;
    using mask = source.lease('uint8', side * side);
    using logits = source.lease('float32', side * side);
    logits.data.set(taken.float32(0, side * side));
    threshold(logits.data, 0.5, mask.data);
    queue.push(source.lease('float64', 64));
    if (number % 2 === 0) queue.takeNewest()?.[Symbol.dispose]();
    cleanup.frameDone();
    if (number % 30 === 0) monitor.sample();
  };
  return { frame, [Symbol.dispose]: () => stack.dispose() };
}

function measureSteadyState(): void {
  using source = new LeakDetectingPool(new BufferPool(), 'simple');
  using line = pipeline(source);
  for (let frame = 0; frame < 100; frame += 1) line.frame(frame);
  const frames = 10_000;
  const collector = new GCProfiler();
  const before = process.memoryUsage();
  collector.start();
  for (let frame = 0; frame < frames; frame += 1) line.frame(frame);
  const after = process.memoryUsage();
  const { statistics } = collector.stop();
  const freed = statistics.reduce(
    (sum, one) => sum + one.beforeGC.heapStatistics.usedHeapSize - one.afterGC.heapStatistics.usedHeapSize,
    0,
  );
  const full = statistics.filter((one) => one.gcType === 'MarkSweepCompact').length;
  say('10,000 frames after 100: growth of array buffers', `${after.arrayBuffers - before.arrayBuffers} B`);
  const perFrame = (after.heapUsed - before.heapUsed + freed) / frames;
  say('V8 heap made a frame, all of the core’s parts together', `${perFrame.toFixed(0)} B`);
  say('full collections', String(full));
}

function framesPerSecond(level: LeakLevel): number {
  using source = new LeakDetectingPool(new BufferPool(), level);
  using line = pipeline(source);
  for (let frame = 0; frame < 2000; frame += 1) line.frame(frame);
  const started = performance.now();
  for (let frame = 0; frame < 8000; frame += 1) line.frame(frame);
  return 8000 / ((performance.now() - started) / 1000);
}

sayMachine();
measureSteadyState();
const rates: Record<LeakLevel, number[]> = { off: [], simple: [], paranoid: [] };
// In turn, so that what else the machine does falls on all of them alike.
for (let round = 0; round < 7; round += 1) {
  for (const level of ['off', 'simple', 'paranoid'] as const) rates[level].push(framesPerSecond(level));
}
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
say('frames a second through the core alone, detection off', median(rates.off).toFixed(0));
for (const level of ['simple', 'paranoid'] as const) {
  const ratios = rates[level].map((rate, round) => 1 - rate / (rates.off[round] ?? 1));
  say(`cost of ${level} (median of 7 pairs)`, `${(median(ratios) * 100).toFixed(1)} %`);
}
