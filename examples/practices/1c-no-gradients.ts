/** 1c. `torch.no_grad()`: ONNX Runtime keeps no gradients, so there is nothing to switch off. What is left is the scope. */
import { GpuMemoryScope } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';
import { bestScore, frameTensor, openModel, type Results } from './model.ts';

const frames = 100;

// #region wrong
async function wrong(): Promise<WayResult> {
  const model = await openModel();
  const images = frameTensor();
  let last: Results[] = [];
  for (let frame = 0; frame < frames; frame += 1) last = [...last.slice(-20), await model.run({ images })];
  await model.release();
  return { keeps: last };
}
// #endregion

// #region right
async function right(): Promise<WayResult> {
  const model = await openModel();
  const images = frameTensor();
  const last: number[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    using scope = new GpuMemoryScope();
    const results = await model.run({ images });
    for (const tensor of Object.values(results)) scope.useTensor(tensor);
    last.push(bestScore(results)); // processed inside; the tensors are released with the scope
  }
  await model.release();
  return { keeps: last };
}
// #endregion

await compare(import.meta.url, {
  section: '1c',
  title: 'No gradients: the scope is what is left',
  seenIn: 'buffers kept',
  wrong,
  right,
});
