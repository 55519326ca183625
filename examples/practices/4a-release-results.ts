/** 4a. Release YOLO results: one mask at a time, decoded into one buffer; of the results only numbers are kept. */
import { GpuMemoryScope } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';
import { floats, frameTensor, openModel } from './model.ts';

const frames = 60;
const masks = 8;
const grid = 80 * 80;

/** Mask `n`: the dot product of its coefficients and the prototypes, above 0. */
function decodeMask(prototypes: Float32Array, n: number, out: Uint8Array): number {
  let area = 0;
  for (let at = 0; at < grid; at += 1) {
    out[at] = (prototypes[(n % 32) * grid + at] ?? 0) > 0 ? 1 : 0;
    area += out[at] ?? 0;
  }
  return area;
}

// #region wrong
async function wrong(): Promise<WayResult> {
  const model = await openModel();
  const images = frameTensor();
  const processed: unknown[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const results = await model.run({ images });
    const all = Array.from({ length: masks }, () => new Uint8Array(grid)); // an array per mask
    for (const [n, mask] of all.entries()) decodeMask(floats(results, 'output1'), n, mask);
    processed.push({ results, all }); // the whole results are kept
  }
  await model.release();
  return { keeps: processed };
}
// #endregion

// #region right
async function right(): Promise<WayResult> {
  const model = await openModel();
  const images = frameTensor();
  const mask = new Uint8Array(grid); // one, for all masks of all frames
  const areas: number[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    using scope = new GpuMemoryScope();
    const results = await model.run({ images });
    for (const tensor of Object.values(results)) scope.useTensor(tensor);
    for (let n = 0; n < masks; n += 1) areas.push(decodeMask(floats(results, 'output1'), n, mask));
  }
  await model.release();
  return { keeps: areas };
}
// #endregion

await compare(import.meta.url, {
  section: '4a',
  title: 'Release YOLO results',
  seenIn: 'buffers kept',
  wrong,
  right,
});
