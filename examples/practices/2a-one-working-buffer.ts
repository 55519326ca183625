/** 2a. Release arrays: three copies of each frame, or one working buffer that is used again. */
import { BufferPool, CopyOnWrite, copyCounts } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const frames = 80;
const frameBytes = 1280 * 720 * 3;

// #region wrong
function wrong(): WayResult {
  const frame = new Uint8Array(frameBytes);
  let copies = 0;
  for (let i = 0; i < frames; i += 1) {
    const array1 = frame.slice();
    const array2 = frame.slice();
    const array3 = frame.slice();
    array1[0] = (array2[0] ?? 0) + (array3[0] ?? 0);
    copies += 3;
  }
  return { figures: { copies } };
}
// #endregion

// #region right
function right(): WayResult {
  using pool = new BufferPool();
  using frame = CopyOnWrite.take('uint8', pool.lease('uint8', frameBytes), pool);
  for (let i = 0; i < frames; i += 1) {
    using reading = frame.share(); // no copy
    using working = frame.share();
    working.write()[0] = reading.data[0] ?? 0; // the one copy, into a buffer that the pool had already
  }
  return { figures: { copies: copyCounts.report().reduce((sum, one) => sum + one.copies, 0) } };
}
// #endregion

await compare(import.meta.url, {
  section: '2a',
  title: 'Release arrays',
  seenIn: 'peak RSS growth',
  wrong,
  right,
});
