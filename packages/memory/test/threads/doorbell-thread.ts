/** Serves a doorbell: looks for work in a shared word, sleeps when there is none. */
import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell, type DoorbellHandle } from '../../src/index.ts';

const { handle, work } = workerData as { handle: DoorbellHandle; work: SharedArrayBuffer };
const bell = Doorbell.attach(handle);
const jobs = new Int32Array(work);
parentPort?.postMessage('ready');
for (let done = 0; done < 1000; ) {
  const seen = bell.value;
  const open = Atomics.exchange(jobs, 0, 0);
  done += open;
  if (open === 0 && done < 1000) bell.wait(seen, 3_600_000);
}
parentPort?.postMessage('done');
