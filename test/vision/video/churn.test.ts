import { setImmediate as nextTurn } from 'node:timers/promises';
import { findMallocTrim, ledger, ownResidentBytes, PlantedLeak } from '@plateau/memory';
import { afterAll, describe, expect, test } from 'vitest';
import { ModelInputScaler } from '../../../src/vision/video/model-input-scaler.ts';
import { PictureEncoder } from '../../../src/vision/video/picture-encoder.ts';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';
import { VideoWriter } from '../../../src/vision/video/video-writer.ts';
import { ClipFolder } from '../../support/clips.ts';
import { fuzzVideos } from '../../support/clips-fuzz.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());

const trim = await findMallocTrim();

/**
 * What the process holds itself: after a collection, without what malloc keeps for later, and without the pages of files,
 * which come and go with the load of the machine.
 */
async function heldBytes(): Promise<number> {
  for (let i = 0; i < 3; i += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  trim?.();
  return ownResidentBytes();
}

/**
 * Runs `turn` so often, three times over, and answers by how many bytes the process grew in the best of the three: a leak
 * grows each time, malloc's heaps when they please.
 */
async function growthOver(turns: number, turn: (index: number) => Promise<void>): Promise<number> {
  const levels: number[] = [];
  for (const count of [Math.ceil(turns / 2), turns, turns, turns]) {
    for (let i = 0; i < count; i += 1) await turn(i);
    levels.push(await heldBytes());
  }
  return Math.min(...levels.slice(1).map((level, at) => level - levels[at]));
}

describe('over and over', () => {
  test('C11, C39: 100 captures, three times, with changing sizes leave nothing behind', {
    timeout: 60_000,
  }, async () => {
    const small = clips.make('small.mp4', { source: 'testsrc2=s=320x240:r=10:d=1' });
    const large = clips.make('large.mp4', { source: 'testsrc2=s=640x480:r=10:d=1' });
    using scaler = new ModelInputScaler({ width: 320, height: 320 });
    const target = new Float32Array(3 * 320 * 320);
    const live = ledger.liveCount;
    const growth = await growthOver(100, async (index) => {
      await using capture = await VideoCapture.open(index % 2 === 0 ? small : large);
      for (let i = 0; i < 4; i += 1) {
        const frame = await capture.read();
        if (frame === undefined) throw new Error('no frame');
        scaler.scaleInto(frame, target);
        using kept = frame.clone();
        expect(kept.width).toBe(frame.width);
      }
    });
    console.log(`100 captures: RSS ${(growth / 1e6).toFixed(1)} MB`);
    expect(ledger.liveCount).toBe(live);
    // A leak of a single picture, 460 kB, each time would be 46 MB.
    expect(growth).toBeLessThan(15e6);
  });

  test('50 JPEG encoders and writers leave nothing behind', { timeout: 60_000 }, async () => {
    const clip = clips.make('clip.mp4', { source: 'testsrc2=s=320x240:r=10:d=1' });
    const live = ledger.liveCount;
    const growth = await growthOver(50, async () => {
      await using capture = await VideoCapture.open(clip);
      using encoder = new PictureEncoder();
      await using writer = await VideoWriter.open(clips.file('out.mp4'), { width: 320, height: 240 });
      for (let i = 0; i < 3; i += 1) {
        const frame = await capture.read();
        if (frame === undefined) throw new Error('no frame');
        encoder.encodeJpeg(frame, { maxWidth: 160 });
        writer.write(frame, frame.timestampSeconds, (canvas) => canvas.text(0, 0, 'x'));
      }
      await writer.finish();
    });
    console.log(`50 writers: RSS ${(growth / 1e6).toFixed(1)} MB`);
    expect(ledger.liveCount).toBe(live);
    // An encoder that is not let go of keeps 3 MB: 150 MB in all.
    expect(growth).toBeLessThan(40e6);
  });

  test('a leak of an encoder’s size is seen in the same way', { timeout: 60_000 }, async () => {
    using leak = await PlantedLeak.plant('native');
    if (leak === undefined) return;
    const growth = await growthOver(20, async () => leak.leak(3e6, 'churn'));
    expect(growth).toBeGreaterThan(40e6);
  });

  test('reading 1200 pictures, three times, in a loop grows nothing', { timeout: 60_000 }, async () => {
    const clip = clips.make('loop.mp4', { source: 'testsrc2=s=320x240:r=10:d=3' });
    await using capture = await VideoCapture.open(clip, { loop: true });
    using scaler = new ModelInputScaler({ width: 320, height: 320 });
    const target = new Float32Array(new SharedArrayBuffer(3 * 320 * 320 * 4));
    const growth = await growthOver(12, async () => {
      for (let i = 0; i < 100; i += 1) {
        const frame = await capture.read();
        if (frame === undefined) throw new Error('no frame');
        scaler.scaleInto(frame, target);
      }
      await nextTurn();
    });
    console.log(`1200 pictures: RSS ${(growth / 1e6).toFixed(1)} MB`);
    expect(growth).toBeLessThan(15e6);
  });
});

describe('bytes that were changed at random', () => {
  test('400 recordings end with pictures or one coded sentence each', { timeout: 60_000 }, async () => {
    const outcome = await fuzzVideos(400, 20_261_125);
    expect(outcome.defects).toEqual([]);
    expect(outcome.read).toBeGreaterThan(150);
    expect(outcome.live).toBe(0);
    expect(outcome.slowestSeconds).toBeLessThan(10);
  });
});
