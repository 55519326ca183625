/** Opens, runs and closes the models named, in turn, and prints resident bytes after every tenth time. A program of its own. */
import { Yolo } from '../../../src/vision/yolo/yolo.ts';

const [times, ...models] = process.argv.slice(2);
const pixels = new Float32Array(3 * 320 * 320);
const resident: number[] = [];
for (let time = 1; time <= Number(times); time++) {
  {
    await using yolo = await Yolo.open(models[time % models.length]!);
    using _output = await yolo.run(yolo.bindInput(pixels));
  }
  if (time % 10 !== 0) continue;
  globalThis.gc?.();
  resident.push(process.memoryUsage.rss());
}
console.log(JSON.stringify(resident));
