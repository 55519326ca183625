import { Worker } from 'node:worker_threads';
import { PlateauError } from '../errors.ts';
import { threadFile } from './thread-file.ts';

export interface WorkerThreadOptions<From> {
  readonly data: unknown;
  /** Receives every message of the thread, on the main thread. */
  onMessage(message: From): void;
  /** The thread ended without having been asked to. */
  onDeath(error: PlateauError): void;
}

/**
 * A worker thread that ends by message. `terminate()` is never called: during an inference it would abort the
 * whole process, and during a hung native call it would not return (docs/decisions/0002-reading-from-cameras.md).
 */
export class WorkerThread<To, From> {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #stopping = false;

  constructor(name: string, options: WorkerThreadOptions<From>) {
    this.#worker = new Worker(threadFile(name, import.meta.url), {
      name,
      workerData: options.data,
      // Short-lived objects only: a young generation of 16 MB per thread would be most of what a camera costs.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    let failure: unknown;
    this.#worker.on('message', (message: From) => options.onMessage(message));
    this.#worker.on('error', (error) => {
      failure = error;
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        resolve();
        if (this.#stopping && failure === undefined) return;
        const why = failure instanceof Error ? failure.message : `exit code ${code}`;
        options.onDeath(
          new PlateauError(
            'ERR_THREAD_DIED',
            `The ${name} ended unexpectedly (${why}); please report this with the log.`,
            {
              cause: failure,
            },
          ),
        );
      });
    });
  }

  post(message: To, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** Sends the message that ends the thread and resolves when it has ended. Safe to call twice. */
  stop(message: To): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#worker.postMessage(message);
    }
    return this.#exited;
  }
}
