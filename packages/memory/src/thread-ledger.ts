/** The ledger of the thread that this module runs in: each worker thread has modules, and so a ledger, of its own. */
import { isMainThread, threadId } from 'node:worker_threads';
import { monotonicSeconds } from './clock.ts';
import { Ledger } from './ledger.ts';

/** Name of this thread in snapshots: `main`, or `thread-3`. */
export const threadName: string = isMainThread ? 'main' : `thread-${threadId}`;

export const ledger: Ledger = new Ledger({ clock: monotonicSeconds, thread: threadName });
