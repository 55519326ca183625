/** Real threads for tests. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Starts a file of `threads/`. */
export function startThread(file: string, workerData: unknown): Worker {
  return new Worker(new URL(`./threads/${file}`, import.meta.url), { workerData });
}

/** The thread's next message. @throws What the thread threw. */
export async function nextMessage<T>(worker: Worker): Promise<T> {
  const [message] = (await Promise.race([once(worker, 'message'), failure(worker)])) as [T];
  return message;
}

/** Resolves when the thread has ended. @throws What the thread threw. */
export async function ended(worker: Worker): Promise<void> {
  await Promise.race([once(worker, 'exit'), failure(worker)]);
}

function failure(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    worker.once('error', reject);
  });
}
