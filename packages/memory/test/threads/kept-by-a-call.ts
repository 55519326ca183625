/** Keeps known amounts of buffers and of heap; prints what the profile found of each, as JSON. */
import { type CallProfile, profile } from '../../src/index.ts';

export interface KeptByACall {
  readonly buffers: CallProfile;
  readonly heap: readonly { bytes: number; retainedHeapBytes: number }[];
}

const rowLength = 10_000;
const rowBytes = rowLength * 8;
const keepRows = (bytes: number): number[][] =>
  Array.from({ length: bytes / rowBytes }, () => Array.from({ length: rowLength }, (_, at) => at + 0.5));
// The first call compiles what it needs, which stays as well.
await profile(() => keepRows(2e6));
const heap = [];
for (const bytes of [2e6, 10e6, 20e6]) {
  const { result, profile: found } = await profile(() => keepRows(bytes));
  if (result.length !== bytes / rowBytes) throw new Error('the rows are needed until here');
  heap.push({ bytes, retainedHeapBytes: found.retainedHeapBytes });
}
const { result, profile: buffers } = await profile(function keepBuffers() {
  new Uint8Array(10_000_000).fill(1);
  return [new Float32Array(1_000_000), new Uint8Array(new SharedArrayBuffer(3_000_000))];
});
if (result.length !== 2) throw new Error('the buffers are needed until here');
const outcome: KeptByACall = { buffers, heap };
console.log(JSON.stringify(outcome));
