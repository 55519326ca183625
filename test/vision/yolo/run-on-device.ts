/** Runs a model on the device named and prints its first values: a program of its own, since drivers are chosen by environment. */
import { Yolo } from '../../../src/vision/yolo/yolo.ts';

const moreRuns = 100;
const [device, model] = process.argv.slice(2) as ['cpu' | 'webgpu', string];
await using yolo = await Yolo.open(model, { device });
const [height, width] = yolo.model.input;
const input = yolo.bindInput(
  new Float32Array(3 * height * width).map((_, index) => (index % width < width / 2 ? 0 : 1)),
);
const values: number[] = [];
const views: Float32Array[] = [];
for (let run = 0; run < 3; run++) {
  using output = await yolo.run(input);
  views.push(output.head, output.prototypes!);
  if (run === 2) values.push(...output.head.subarray(0, 100), ...output.prototypes!.subarray(0, 256));
}
const bytesHeld = views.reduce((sum, view) => sum + view.byteLength, 0);

/** A software driver's device memory is the process's own, so what stays on the device shows here. */
async function grownBytes(runs: number): Promise<number> {
  const before = process.memoryUsage.rss();
  for (let run = 0; run < runs; run++) {
    using _output = await yolo.run(input);
  }
  return process.memoryUsage.rss() - before;
}
await grownBytes(30);
const { made, released } = yolo.outputs;
const grown = await grownBytes(moreRuns);
console.log(
  JSON.stringify({ device: yolo.model.device, values, made, released, bytesHeld, grownBytes: grown }),
);
