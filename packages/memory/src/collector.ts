/** V8's garbage collector, on demand and without a flag on the command line. One of the files that ask the system. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** A full collection of this thread's heap; 2 to 12 ms on a small heap. Never on a frame's path. */
export function collectNow(): void {
  collect ??= findCollector();
  collect();
}

/** The same, and then the turns of the loop in which finalizers run: what they let go is garbage of the next collection. */
export async function collectAndFinalize(): Promise<void> {
  collectNow();
  await nextTurn();
  await nextTurn();
}

function findCollector(): () => void {
  if (globalThis.gc !== undefined) return globalThis.gc as () => void;
  // The flag belongs to the process: taken back here, it would be missing to another thread between its two lines.
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
