/** Entry of the capture thread: reads, decodes and scales the pictures of several cameras. */
import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell, ledger } from '@plateau/memory';
import { toErrorMessage } from '../errors.ts';
import { CaptureLoop } from './capture-loop.ts';
import type { CaptureThreadData, FromCapture } from './thread-protocol.ts';

if (parentPort === null) throw new TypeError('capture-thread.ts is a worker thread, not a program');
const port = parentPort;
const post = (message: FromCapture): void => port.postMessage(message);

// The one place of this thread that catches: what failed is said to the main thread, which decides.
try {
  const data = workerData as CaptureThreadData;
  ledger.leakLevel = data.leakLevel;
  const loop = new CaptureLoop(port, Doorbell.attach(data.doorbell));
  await loop.run();
  post({ type: 'stopped', report: loop.report() });
} catch (error) {
  post({ type: 'failed', error: toErrorMessage(error) });
}
port.close();
