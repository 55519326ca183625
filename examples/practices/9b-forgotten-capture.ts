/** Common mistake 2, a capture that is not released: found by the ledger, with the line that opened it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { collectNow, findMistakes, ledger } from '@plateau/memory';
import { VideoCapture } from 'plateau/vision';
import { compare, type WayResult } from './compare.ts';

const video = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));

// #region wrong
async function watchAndForget(): Promise<void> {
  const capture = await VideoCapture.open(video);
  await capture.read(); // ... and no release
}

async function wrong(): Promise<WayResult> {
  for (let i = 0; i < 5; i += 1) await watchAndForget();
  collectNow();
  for (let i = 0; i < 4; i += 1) await nextTurn();
  for (const { sentence } of findMistakes({ ledger: ledger.snapshot() })) console.error(sentence);
  return {};
}
// #endregion

// #region right
async function watch(): Promise<void> {
  await using capture = await VideoCapture.open(video); // the language's try/finally
  await capture.read();
}

async function right(): Promise<WayResult> {
  for (let i = 0; i < 5; i += 1) await watch();
  return {};
}
// #endregion

await compare(import.meta.url, {
  section: '9b',
  title: 'VideoCapture not released',
  seenIn: 'live resources',
  wrong,
  right,
});
process.exit();
