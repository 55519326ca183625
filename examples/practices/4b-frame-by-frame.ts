/** 4b. Batch processing: each frame through to its end, instead of a large batch. */
import { BufferPool } from '@plateau/memory';
import { compare } from './compare.ts';

const frames = 120;
const length = 3 * 320 * 320;

function fill(picture: Float32Array, frame: number): Float32Array {
  return picture.fill(frame);
}

function analyse(picture: Float32Array): number {
  return picture[0] ?? 0;
}

// #region wrong
function wrong(): undefined {
  const batch = Array.from({ length: frames }, (_, frame) => fill(new Float32Array(length), frame));
  for (const picture of batch) analyse(picture);
}
// #endregion

// #region right
function right(): undefined {
  using pool = new BufferPool();
  for (let frame = 0; frame < frames; frame += 1) {
    using picture = pool.lease('float32', length); // the same bytes again
    analyse(fill(picture.data, frame));
  }
}
// #endregion

await compare(import.meta.url, {
  section: '4b',
  title: 'Frame by frame',
  seenIn: 'peak RSS growth',
  wrong,
  right,
});
