import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { Frame } from '../../../src/vision/video/ffmpeg.ts';
import { Pacer } from '../../../src/vision/video/pacer.ts';
import { blankFacts, VideoFrame } from '../../../src/vision/video/video-frame.ts';

let now: number;
let pacer: Pacer;
beforeEach(() => {
  now = 5000;
  pacer = new Pacer(() => now);
});

const frameAt = (timestampSeconds: number): VideoFrame =>
  new VideoFrame(new Frame(), { ...blankFacts(), timestampSeconds }, undefined);

/** Whether a picture is waited for, `seconds` on the clock after the first. An abort ends the wait. */
async function waits(timestampSeconds: number, seconds: number): Promise<boolean> {
  now = 5000 + seconds;
  const stop = new AbortController();
  let isOver = false;
  const waiting = pacer.until(frameAt(timestampSeconds), stop.signal).then(() => {
    isOver = true;
  });
  await nextTurn();
  const hasWaited = !isOver;
  stop.abort();
  await waiting;
  return hasWaited;
}

describe('a recording in real time', () => {
  test('gives its first picture at once, whatever its time, and each later one when it is due', async () => {
    expect(await waits(70, 0)).toBe(false);
    expect(await waits(670, 0)).toBe(true);
    expect(await waits(670, 540)).toBe(true);
    expect(await waits(670, 600)).toBe(false);
  });

  test('does not wait for what is a little late, and keeps its clock', async () => {
    await waits(0, 0);
    expect(await waits(1, 1.4)).toBe(false);
    expect(await waits(602, 602)).toBe(false);
    expect(await waits(603, 1.4)).toBe(true);
  });

  test('goes on from here where it is more than half a second behind', async () => {
    await waits(0, 0);
    expect(await waits(1, 101)).toBe(false);
    // By the first clock this one would be long due.
    expect(await waits(101, 102)).toBe(true);
    expect(await waits(101, 201)).toBe(false);
  });

  test('goes on by itself once the time has come', async () => {
    const { signal } = new AbortController();
    await pacer.until(frameAt(0), signal);
    await pacer.until(frameAt(0.05), signal);
    expect(signal.aborted).toBe(false);
  });

  test('an abort that came before ends the wait as well', async () => {
    await waits(0, 0);
    await pacer.until(frameAt(3600), AbortSignal.abort(new Error('stopped')));
  });
});
