/** 2b. Release VideoCapture. Forgotten ones keep FFmpeg's memory and stand in the ledger, with the line that opened them. */
import { fileURLToPath } from 'node:url';
import { VideoCapture } from 'plateau/vision';
import { compare, type WayResult } from './compare.ts';

const video = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const times = 15;

// #region wrong
async function wrong(): Promise<WayResult> {
  const captures: VideoCapture[] = [];
  for (let i = 0; i < times; i += 1) {
    const capture = await VideoCapture.open(video);
    await capture.read();
    captures.push(capture); // held somewhere, released nowhere
  }
  return { keeps: captures };
}
// #endregion

// #region right
async function right(): Promise<undefined> {
  for (let i = 0; i < times; i += 1) {
    await using capture = await VideoCapture.open(video);
    await capture.read();
  }
}
// #endregion

await compare(import.meta.url, {
  section: '2b',
  title: 'Release VideoCapture when done',
  seenIn: 'live resources',
  wrong,
  right,
});
process.exit();
