/** 5b. Memory monitoring: a threshold with a deadband that starts the ladder, instead of growing to the end. */
import {
  BufferPool,
  idleBuffersStep,
  MemoryMonitor,
  MemoryThreshold,
  MemoryWatch,
  monotonicSeconds,
  ReclaimLadder,
} from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const frames = 60;

function processFrame(pool: BufferPool, frame: number): void {
  using picture = pool.lease('uint8', 500_000 * (frame + 1));
  picture.data.fill(1);
}

// #region wrong
function wrong(): WayResult {
  const pool = new BufferPool();
  for (let frame = 0; frame < frames; frame += 1) processFrame(pool, frame);
  return { keeps: pool }; // nobody looks, nothing is given back
}
// #endregion

// #region right
async function right(): Promise<WayResult> {
  const pool = new BufferPool();
  const monitor = new MemoryMonitor();
  const clock = monotonicSeconds;
  const { rssBytes } = monitor.sample();
  const watch = new MemoryWatch({
    monitor,
    threshold: new MemoryThreshold({ clock, high: rssBytes + 60_000_000, againAfterSeconds: 0.01 }), // or '80%'
    ladder: new ReclaimLadder([idleBuffersStep(pool)], { clock, rss: () => process.memoryUsage.rss() }),
  });
  for (let frame = 0; frame < frames; frame += 1) {
    processFrame(pool, frame);
    await watch.tick().reclaiming;
  }
  return { keeps: pool };
}
// #endregion

await compare(import.meta.url, {
  section: '5b',
  title: 'Memory monitoring',
  seenIn: 'peak RSS growth',
  wrong,
  right,
});
