/** Coal monitoring 1, YOLO inference: one owner of the model instead of a lock, tensors freed frame by frame. */
import { GpuMemoryScope } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';
import { bestScore, frameTensor, openModel, type Results } from './model.ts';

const frames = 150;

// #region wrong
async function wrong(): Promise<WayResult> {
  const model = await openModel();
  const images = frameTensor();
  const history: Results[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    history.push(await model.run({ images })); // "the last results", for the next step to look at
    if (history.length > 30) history.shift();
  }
  await model.release();
  return { keeps: history };
}
// #endregion

// #region right
async function right(): Promise<WayResult> {
  const model = await openModel(); // in a thread of its own, it needs no lock
  const images = frameTensor();
  const history: number[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    using scope = new GpuMemoryScope();
    const results = await model.run({ images });
    for (const tensor of Object.values(results)) scope.useTensor(tensor);
    history.push(bestScore(results)); // extract what is needed, release the rest
    if (history.length > 30) history.shift();
  }
  await model.release();
  return { keeps: history };
}
// #endregion

await compare(import.meta.url, {
  section: '7a',
  title: 'Coal: YOLO inference',
  seenIn: 'buffers kept',
  wrong,
  right,
});
