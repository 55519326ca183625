/** 5a. Scheduled GC: every N frames and every T seconds, and not in the middle of an inference. */
import { setImmediate as nextFrame } from 'node:timers/promises';
import {
  BufferPool,
  BusyGuard,
  idleBuffersStep,
  monotonicSeconds,
  PeriodicCleanup,
  ReclaimLadder,
} from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const frames = 500;

/** Pictures of ever new sizes, as cameras come and go: each leaves idle buffers of its size. */
function processFrame(pool: BufferPool, frame: number): void {
  using picture = pool.lease('float32', 500_000 + frame * 10_000);
  picture.data.fill(1);
}

// #region wrong
function wrong(): WayResult {
  const pool = new BufferPool();
  for (let frame = 0; frame < frames; frame += 1) processFrame(pool, frame);
  return { keeps: pool };
}
// #endregion

// #region right
async function right(): Promise<WayResult> {
  const pool = new BufferPool();
  const guard = BusyGuard.create();
  const ladder = new ReclaimLadder([idleBuffersStep(pool)], {
    clock: monotonicSeconds,
    rss: () => process.memoryUsage.rss(),
    guard, // nothing is cleaned while somebody is inside of it
  });
  const cleanup = new PeriodicCleanup({
    clock: monotonicSeconds,
    everyFrames: 100,
    cleanup: () => void ladder.reclaim(),
  });
  for (let frame = 0; frame < frames; frame += 1) {
    {
      using _inference = guard.enter();
      processFrame(pool, frame);
    }
    cleanup.frameDone();
    await nextFrame();
  }
  await ladder.reclaim();
  return { keeps: pool };
}
// #endregion

await compare(import.meta.url, {
  section: '5a',
  title: 'Scheduled cleanup',
  seenIn: 'buffers kept',
  wrong,
  right,
});
