/** Part of pipeline-cost: `session.run` alone, with the threads and options that the line uses. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { SlicedPart } from './sliced-part.ts';

const [model, size, threads, enoughFrames] = process.argv.slice(2);
const part = new SlicedPart(Number(enoughFrames));
const session = await InferenceSession.create(model, {
  executionProviders: ['cpu'],
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: true,
  enableMemPattern: false,
  logSeverityLevel: 3,
});
const side = Number(size);
const shared = new Float32Array(new SharedArrayBuffer(3 * side * side * 4)).fill(0.4);
const feeds = { [session.inputNames[0]]: new Tensor('float32', shared, [1, 3, side, side]) };
for (;;) {
  const results = await session.run(feeds);
  for (const result of Object.values(results)) (result.data as Float32Array<ArrayBuffer>).buffer.transfer(0);
  part.frameDone();
  await nextTurn();
}
