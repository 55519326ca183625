/**
 * A process that runs a model of open size at 320², at 1080p and at 320² again, and looks at its resident memory two
 * seconds after each has gone idle. Prints one line of JSON. Arguments: model; `shipped` (our settings, with upkeep) or
 * `plain` (the runtime's own arena, nobody gives memory back).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { BusyGuard, SlabPool } from '@plateau/memory';
import { Upkeep } from '../../src/runtime/upkeep.ts';
import { Yolo } from '../../src/vision/yolo/yolo.ts';

const [model, settings] = process.argv.slice(2);
const shipped = settings === 'shipped';
const upkeep = shipped ? await Upkeep.start(new SlabPool(), BusyGuard.create()) : undefined;
await using yolo = await Yolo.open(model, { device: 'cpu', ...(shipped ? {} : { memoryArena: true }) });

async function runs(count: number, height: number, width: number): Promise<void> {
  const pixels = new Float32Array(3 * height * width).fill(0.7);
  const input = yolo.bindInput(pixels, [height, width]);
  for (let run = 0; run < count; run += 1) {
    using _output = await yolo.run(input);
    upkeep?.frameDone();
  }
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  pixels.buffer.transfer(0);
}

async function idleBytes(): Promise<number> {
  for (let half = 0; half < 4; half += 1) {
    await delay(500);
    upkeep?.tick();
  }
  return process.memoryUsage.rss();
}

let peakBytes = 0;
await runs(20, 320, 320);
const baselineBytes = await idleBytes();
await runs(3, 1088, 1920);
await runs(20, 320, 320);
const afterBytes = await idleBytes();
console.log(JSON.stringify({ baselineBytes, peakBytes, afterBytes }));
