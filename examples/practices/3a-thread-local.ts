/** 3a. Thread-local storage: a scratch buffer made once per thread, in the ledger, instead of one per call. */
import { ThreadLocal } from '@plateau/memory';
import { compare } from './compare.ts';

const frames = 300;
const length = 640 * 640 * 3;

// #region wrong
function processFrame(): number {
  const buffer = new Float32Array(length);
  buffer[0] = 1;
  return buffer[0];
}

function wrong(): undefined {
  for (let frame = 0; frame < frames; frame += 1) processFrame();
}
// #endregion

// #region right
const scratch = ThreadLocal.float32('Scratch', { stage: 'process' }); // a worker thread has modules of its own

function processFrameAgain(): number {
  const buffer = scratch.get(length); // made at the first call in this thread
  buffer[0] = 1;
  return buffer[0];
}

function right(): undefined {
  for (let frame = 0; frame < frames; frame += 1) processFrameAgain();
}
// #endregion

await compare(import.meta.url, {
  section: '3a',
  title: 'Thread-local storage',
  seenIn: 'collections',
  wrong,
  right,
});
