/** 2c. Large array operations: in place, or a new array each time. */
import { add } from '@plateau/memory';
import { compare } from './compare.ts';

const frames = 60;
const length = 3 * 320 * 320;

// #region wrong
function wrong(): undefined {
  let array = new Float32Array(length);
  for (let frame = 0; frame < frames; frame += 1) array = array.map((value) => value + 1); // a new array
}
// #endregion

// #region right
function right(): undefined {
  const array = new Float32Array(length);
  for (let frame = 0; frame < frames; frame += 1) add(array, 1, array); // in place: `out` is the input
}
// #endregion

await compare(import.meta.url, {
  section: '2c',
  title: 'Large array operations',
  seenIn: 'peak RSS growth',
  wrong,
  right,
});
