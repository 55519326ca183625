/** Reads every word of each frame twice, with a pause in between, and tells of any that is torn. */
import { parentPort, workerData } from 'node:worker_threads';
import { FrameRing, type FrameRingHandle } from '../../src/index.ts';

interface Job {
  readonly handle: FrameRingHandle;
  readonly newest: boolean;
}

export interface ReaderReport {
  readonly taken: number;
  readonly torn: number;
  readonly backwards: number;
  readonly skipped: number;
  readonly last: number;
}

const { handle, newest } = workerData as Job;
const ring = FrameRing.attach(handle);
using reader = ring.reader();
parentPort?.postMessage('ready');
let [taken, torn, backwards, skipped, last] = [0, 0, 0, 0, 0];
while (!reader.ended) {
  using slot = newest ? reader.takeNewest() : reader.takeOldest();
  if (slot === undefined) {
    reader.wait(100);
    continue;
  }
  const frame = slot.metadata[0] ?? 0;
  const words = slot.float32();
  for (let pass = 0; pass < 2; pass += 1) if (!words.every((word) => word === frame)) torn += 1;
  if (frame !== slot.sequence) torn += 1;
  if (frame <= last) backwards += 1;
  if (frame !== last + 1) skipped += 1;
  last = frame;
  taken += 1;
}
parentPort?.postMessage({ taken, torn, backwards, skipped, last } satisfies ReaderReport);
