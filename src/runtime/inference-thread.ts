/** Entry of the inference thread: one model on one device, serving the rings of all cameras. */
import { parentPort, workerData } from 'node:worker_threads';
import { BusyGuard, Doorbell, ledger } from '@plateau/memory';
import { toErrorMessage } from '../errors.ts';
import { Detections } from '../vision/yolo/detections.ts';
import { BusyTime } from './busy-time.ts';
import { defaults } from './defaults.ts';
import { InferenceLoop } from './inference-loop.ts';
import { openModel } from './open-model.ts';
import type { FromInference, InferenceThreadData, ThreadReport } from './thread-protocol.ts';

if (parentPort === null) throw new TypeError('inference-thread.ts is a worker thread, not a program');
const port = parentPort;
const post = (message: FromInference): void => port.postMessage(message);

async function live(data: InferenceThreadData): Promise<ThreadReport> {
  ledger.leakLevel = data.leakLevel;
  const busy = new BusyTime();
  const { yolo: opened, model } = await openModel(data.model, {
    device: data.device,
    threads: data.threads,
    memoryLimitBytes: data.memoryLimitBytes,
    names: data.names ?? undefined,
  });
  await using yolo = opened;
  const detections = new Detections(defaults.maxDetections, yolo.model.maskChannels);
  using loop = new InferenceLoop(port, Doorbell.attach(data.doorbell), {
    yolo,
    detections,
    busy,
    guard: BusyGuard.attach(data.guard),
    post,
  });
  post({ type: 'ready', model });
  await loop.run();
  return loop.report();
}

// The one place of this thread that catches: what failed is said to the main thread, which decides.
try {
  const last = await live(workerData as InferenceThreadData);
  // Taken after everything was disposed of: what is still live now has been forgotten.
  post({ type: 'stopped', report: { ...last, ledger: ledger.snapshot() } });
} catch (error) {
  post({ type: 'failed', error: toErrorMessage(error) });
}
port.close();
