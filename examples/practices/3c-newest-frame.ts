/** 3c. Queue management: a bounded queue in which the newest wins; what no longer fits is released at once and counted. */
import { BufferPool, LatestQueue } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const frames = 200;
const frameBytes = 640 * 360 * 3;

// #region wrong
function wrong(): WayResult {
  const queue: Uint8Array[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    queue.push(new Uint8Array(frameBytes).fill(frame)); // the source is twice as fast as inference
    if (frame % 2 === 0) queue.shift(); // the oldest: stale already
  }
  return { keeps: queue };
}
// #endregion

// #region right
function right(): WayResult {
  using pool = new BufferPool();
  using queue = new LatestQueue(2);
  for (let frame = 0; frame < frames; frame += 1) {
    const lease = pool.lease('uint8', frameBytes);
    lease.data.fill(frame);
    queue.push(lease); // the third pushes the oldest out, back into the pool
    if (frame % 2 === 0) {
      using _newest = queue.takeNewest();
    }
  }
  return {};
}
// #endregion

await compare(import.meta.url, {
  section: '3c',
  title: 'Queue management',
  seenIn: 'peak RSS growth',
  wrong,
  right,
});
