/** Takes frames and never gives them back, then hangs: a reader that a supervisor has to kill. */
import { parentPort, workerData } from 'node:worker_threads';
import { FrameRing, type FrameRingHandle } from '../../src/index.ts';

const { handle, hold } = workerData as { handle: FrameRingHandle; hold: number };
const reader = FrameRing.attach(handle).reader();
for (let held = 0; held < hold; ) {
  const slot = reader.takeOldest();
  if (slot === undefined) reader.wait(100);
  else held += 1;
}
parentPort?.postMessage(reader.id);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
