/** Coal monitoring 2, frame processing: stale frames are skipped, and a frame is copied only to be changed. */
import { BufferPool, CopyOnWrite, copyCounts, LatestQueue } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const rounds = 100;
const frameBytes = 640 * 360 * 3;

// #region wrong
function wrong(): WayResult {
  const waiting: Uint8Array[] = [];
  let copies = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < 3; i += 1) waiting.push(new Uint8Array(frameBytes).fill(round));
    const frame = waiting.shift(); // the oldest, and the queue grows
    const display = frame?.slice(); // always copied
    copies += 1;
    if (round % 10 === 0 && display !== undefined) display[0] = 255; // changed now and then
  }
  return { keeps: waiting, figures: { copies } };
}
// #endregion

// #region right
function right(): WayResult {
  using pool = new BufferPool();
  using waiting = new LatestQueue<CopyOnWrite<'uint8'>>(2);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < 3; i += 1) {
      const lease = pool.lease('uint8', frameBytes);
      lease.data.fill(round);
      waiting.push(CopyOnWrite.take('uint8', lease, pool));
    }
    using frame = waiting.takeNewest();
    using display = frame?.share();
    if (round % 10 === 0) display?.write().fill(255, 0, 1); // copied now, and only now
  }
  return { figures: { copies: copyCounts.report().reduce((sum, one) => sum + one.copies, 0) } };
}
// #endregion

await compare(import.meta.url, {
  section: '7b',
  title: 'Coal: frame processing',
  seenIn: 'copies',
  wrong,
  right,
});
