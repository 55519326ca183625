/** 1a. Release GPU tensors. On the CPU the runtime's tensors are buffers, which `dispose()` leaves to the collector. */
import { GpuMemoryScope } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';
import { bestScore, frameTensor, openModel } from './model.ts';

const frames = 300;

// #region wrong
async function wrong(): Promise<undefined> {
  const model = await openModel();
  const images = frameTensor();
  for (let frame = 0; frame < frames; frame += 1) {
    const results = await model.run({ images });
    bestScore(results); // and the tensors wait for the garbage collector
  }
  await model.release();
}
// #endregion

// #region right
async function right(): Promise<WayResult | undefined> {
  const model = await openModel();
  const images = frameTensor();
  for (let frame = 0; frame < frames; frame += 1) {
    using scope = new GpuMemoryScope();
    const results = await model.run({ images });
    for (const tensor of Object.values(results)) scope.useTensor(tensor);
    bestScore(results); // a number is copied out; the tensors go here, on the GPU as on the CPU
  }
  await model.release();
  return undefined;
}
// #endregion

await compare(import.meta.url, {
  section: '1a',
  title: 'Release GPU tensors',
  seenIn: 'full collections',
  wrong,
  right,
});
