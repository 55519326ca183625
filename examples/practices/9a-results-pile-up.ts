/** Common mistake 1, needless references: results that are kept; found at run time, with the line that makes them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectNow, findMistakes, PileUpDetector } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const frames = 400;

class Result {
  readonly masks = new Uint8Array(50_000).fill(1);
}

function predict(): Result {
  return new Result();
}

const detector = new PileUpDetector({
  collect: async () => {
    collectNow();
    await nextTurn();
    await nextTurn();
  },
});

// #region wrong
async function wrong(): Promise<WayResult> {
  const allResults: Result[] = [];
  for (let frame = 1; frame <= frames; frame += 1) {
    allResults.push(detector.watch(predict())); // memory leak!
    if (frame % 80 !== 0) continue;
    const pileUps = await detector.check(frame);
    for (const { sentence } of findMistakes({ pileUps })) console.error(sentence); // names this file and line
  }
  return { keeps: allResults };
}
// #endregion

// #region right
async function right(): Promise<WayResult> {
  let covered = 0;
  for (let frame = 1; frame <= frames; frame += 1) {
    const result = detector.watch(predict());
    covered += result.masks[0] ?? 0; // process immediately
    if (frame % 80 === 0) await detector.check(frame); // finds nothing
  }
  return { keeps: covered };
}
// #endregion

await compare(import.meta.url, {
  section: '9a',
  title: 'Needless references',
  seenIn: 'buffers kept',
  wrong,
  right,
});
