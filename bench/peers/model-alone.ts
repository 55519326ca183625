/** `session.run` alone, as the line opens it: model, side of the input, runs. Prints seconds as JSON. */
import { inspectModelFile } from '../../src/vision/yolo/model-file.ts';
import { OnnxSession } from '../../src/vision/yolo/onnx-session.ts';
import { openSession } from '../../src/vision/yolo/open-session.ts';

const [model, side, runs] = process.argv.slice(2);
const size = Number(side);
const { session } = await openSession(model, inspectModelFile(model).facts, { device: 'cpu' });
await using _owner = session;
const pixels = new Float32Array(new SharedArrayBuffer(3 * size * size * 4)).fill(0.4);
const feeds = { [session.inputs[0].name]: OnnxSession.tensor(pixels, [1, 3, size, size]) };
const fetches = session.outputs.map(({ name }) => name);
const run = async (): Promise<void> => {
  for (const output of await session.run(feeds, fetches)) OnnxSession.free(output);
};
await run();
const began = performance.now();
for (let done = 0; done < Number(runs); done += 1) await run();
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }));
