/** Waits until finalization callbacks have run: a collection, and whole turns of the loop after it. */
import { setImmediate as nextTurn } from 'node:timers/promises';

export async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('these tests need node --expose-gc');
  for (let i = 0; i < 3; i += 1) {
    globalThis.gc();
    await nextTurn();
    await nextTurn();
  }
}
