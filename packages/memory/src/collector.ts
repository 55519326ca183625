/** V8's garbage collector, on demand and without a flag on the command line. One of the files that ask the system. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { readonly type: 'minor' }) => void;

let collect: Collect | undefined;

/**
 * A full collection of this thread's heap; 2 to 12 ms on a small heap. Never on a frame's path. What buffers held is
 * given back when it returns: V8 frees them on another thread, which the next collection waits for, be it a small one.
 */
export function collectNow(): void {
  collect ??= findCollector();
  collect();
  collect({ type: 'minor' });
}

/** The same, and then the turns of the loop in which finalizers run: what they let go is garbage of the next collection. */
export async function collectAndFinalize(): Promise<void> {
  collectNow();
  await nextTurn();
  await nextTurn();
}

function findCollector(): Collect {
  if (globalThis.gc !== undefined) return globalThis.gc as Collect;
  // The flag belongs to the process: taken back here, it would be missing to another thread between its two lines.
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
