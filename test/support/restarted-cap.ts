/**
 * A process in which an inference thread under a cap dies and another one takes its place, as after a failure. Prints
 * "ok" when both could run. Argument: the model.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const code = `
import { Yolo } from ${JSON.stringify(new URL('../../src/vision/yolo/yolo.ts', import.meta.url).href)};
const yolo = await Yolo.open(${JSON.stringify(process.argv[2])}, { device: 'cpu', memoryLimitBytes: 64 * 2 ** 20 });
using output = await yolo.run(yolo.bindInput(new Float32Array(3 * 320 * 320)));
// Nothing is disposed of: this thread dies.
throw new Error('planted');
`;
for (let turn = 0; turn < 3; turn += 1) {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const [error] = await once(worker, 'error');
  if ((error as Error).message !== 'planted') throw error;
}
console.log('ok');
