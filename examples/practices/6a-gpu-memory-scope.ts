/** 6a. A custom context manager: the scope frees tensors, and runs what should come afterwards, also after an error. */
import { GpuMemoryScope } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';
import { frameTensor, openModel, type Results } from './model.ts';

const frames = 100;

function analyse(results: Results, frame: number): void {
  if (Object.keys(results).length > 0 && frame % 2 === 1) throw new Error('a frame that cannot be analysed');
}

// #region wrong
async function wrong(): Promise<WayResult> {
  const model = await openModel();
  const images = frameTensor();
  const notReleased: Results[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const results = await model.run({ images });
    try {
      analyse(results, frame);
      for (const tensor of Object.values(results)) tensor.dispose(); // not reached after an error
    } catch {
      notReleased.push(results);
    }
  }
  await model.release();
  return { keeps: notReleased };
}
// #endregion

// #region right
async function right(): Promise<WayResult | undefined> {
  const model = await openModel();
  const images = frameTensor();
  let failures = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    try {
      using scope = new GpuMemoryScope(() => undefined /* empty a cache here */);
      const results = await model.run({ images });
      for (const tensor of Object.values(results)) scope.useTensor(tensor);
      analyse(results, frame);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures += 1;
    }
  }
  await model.release();
  return { keeps: failures };
}
// #endregion

await compare(import.meta.url, {
  section: '6a',
  title: 'A custom context manager',
  seenIn: 'buffers kept',
  wrong,
  right,
});
