/** 1d. Detach and move to the CPU: what is kept of a tensor is copied out, since a view keeps all of it alive. */
import { releaseTensor } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';
import { floats, frameTensor, openModel } from './model.ts';

const frames = 100;

// #region wrong
async function wrong(): Promise<WayResult> {
  const model = await openModel();
  const images = frameTensor();
  const firstBoxes: Float32Array[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const results = await model.run({ images });
    firstBoxes.push(floats(results, 'output0').subarray(0, 4)); // 16 bytes that hold 310 kB
  }
  await model.release();
  return { keeps: firstBoxes };
}
// #endregion

// #region right
async function right(): Promise<WayResult> {
  const model = await openModel();
  const images = frameTensor();
  const firstBoxes: Float32Array[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const results = await model.run({ images });
    firstBoxes.push(floats(results, 'output0').slice(0, 4)); // a copy of 16 bytes
    for (const tensor of Object.values(results)) releaseTensor(tensor);
  }
  await model.release();
  return { keeps: firstBoxes };
}
// #endregion

await compare(import.meta.url, {
  section: '1d',
  title: 'Detach and move to the CPU',
  seenIn: 'buffers kept',
  wrong,
  right,
});
