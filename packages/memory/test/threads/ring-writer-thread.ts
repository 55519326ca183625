/** Fills frames whose every word is derived from their number, as fast as it can. */
import { parentPort, workerData } from 'node:worker_threads';
import { FrameRing, type FrameRingHandle } from '../../src/index.ts';

interface Job {
  readonly handle: FrameRingHandle;
  readonly frames: number;
  readonly overwrite: boolean;
  /** Ends after this time, whatever the count. */
  readonly seconds?: number;
}

const { handle, frames, overwrite, seconds = Number.POSITIVE_INFINITY } = workerData as Job;
const ring = FrameRing.attach(handle);
using writer = ring.writer({ overwrite });
const end = performance.now() + seconds * 1000;
for (let frame = 1; frame <= frames && performance.now() < end; ) {
  using slot = writer.acquire();
  if (slot === undefined) {
    await writer.waitForFree();
    continue;
  }
  slot.float32().fill(frame);
  slot.metadata[0] = frame;
  slot.publish();
  frame += 1;
}
writer.end();
parentPort?.postMessage('done');
