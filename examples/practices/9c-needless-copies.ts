/** Common mistake 3, needless copies: counted per line, and those that nobody ever changed are named. */
import { BufferPool, CopyOnWrite, copyCounts, findMistakes } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const frames = 100;
const frameBytes = 1280 * 720 * 3;

// #region wrong
function wrong(): WayResult {
  using pool = new BufferPool();
  using frame = CopyOnWrite.take('uint8', pool.lease('uint8', frameBytes), pool);
  for (let i = 0; i < frames; i += 1) {
    using frame1 = frame.copy();
    using frame2 = frame.copy();
    using frame3 = frame.copy();
    frame1.write()[0] = (frame2.data[0] ?? 0) + (frame3.data[0] ?? 0);
  }
  const copies = copyCounts.report();
  for (const { sentence } of findMistakes({ copies })) console.error(sentence); // names the lines of frame2 and frame3
  return { figures: { copies: copies.reduce((sum, one) => sum + one.copies, 0) } };
}
// #endregion

// #region right
function right(): WayResult {
  using pool = new BufferPool();
  using frame = CopyOnWrite.take('uint8', pool.lease('uint8', frameBytes), pool);
  for (let i = 0; i < frames; i += 1) {
    using working = frame.share();
    if (i % 10 === 0) working.write()[0] = 1; // copied because it is changed while others read it
  }
  return { figures: { copies: copyCounts.report().reduce((sum, one) => sum + one.copies, 0) } };
}
// #endregion

await compare(import.meta.url, { section: '9c', title: 'Needless copies', seenIn: 'copies', wrong, right });
