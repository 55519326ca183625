import { expect, test } from 'vitest';
import { PeriodicCleanup } from '../src/index.ts';

test('it cleans every so many frames', () => {
  let cleaned = 0;
  const cleanup = new PeriodicCleanup({ clock: () => 0, everyFrames: 100, cleanup: () => cleaned++ });
  const frames: number[] = [];
  for (let frame = 1; frame <= 350; frame += 1) if (cleanup.frameDone()) frames.push(frame);
  expect(frames).toEqual([100, 200, 300]);
  expect(cleaned).toBe(3);
  expect(cleanup.runs).toBe(3);
});

test('it cleans after so many seconds although few frames come, or none', () => {
  let now = 0;
  const cleanup = new PeriodicCleanup({
    clock: () => now,
    everyFrames: 100,
    everySeconds: 10,
    cleanup: () => undefined,
  });
  const times: number[] = [];
  for (now = 1; now <= 25; now += 1)
    if (now % 5 === 0 ? cleanup.frameDone() : cleanup.tick()) times.push(now);
  expect(times).toEqual([10, 20]);
});

test('either way of becoming due starts both anew', () => {
  let now = 0;
  const cleanup = new PeriodicCleanup({
    clock: () => now,
    everyFrames: 3,
    everySeconds: 10,
    cleanup: () => undefined,
  });
  now = 9;
  expect([cleanup.frameDone(), cleanup.frameDone(), cleanup.frameDone()]).toEqual([false, false, true]);
  now = 18;
  expect(cleanup.frameDone()).toBe(false);
  now = 19;
  expect(cleanup.frameDone()).toBe(true);
});

test('intervals that are none are refused', () => {
  const clock = (): number => 0;
  const cleanup = (): void => undefined;
  expect(() => new PeriodicCleanup({ clock, cleanup, everyFrames: 0 })).toThrow(RangeError);
  expect(() => new PeriodicCleanup({ clock, cleanup, everySeconds: 0 })).toThrow(RangeError);
});

test('it cleans once after so many seconds without a frame, and again only after the next frames', () => {
  let now = 0;
  const cleanup = new PeriodicCleanup({
    clock: () => now,
    everyFrames: 100,
    everySeconds: 1000,
    idleSeconds: 2,
    cleanup: () => undefined,
  });
  const times: number[] = [];
  for (now = 1; now <= 30; now += 1) {
    const isFrame = now <= 5 || now === 20;
    if (isFrame ? cleanup.frameDone() : cleanup.tick()) times.push(now);
  }
  expect(times).toEqual([7, 22]);
  expect(() => new PeriodicCleanup({ clock: () => 0, idleSeconds: 0, cleanup: () => undefined })).toThrow(
    RangeError,
  );
});
