import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Doorbell } from '../src/index.ts';
import { nextMessage, startThread } from './worker.ts';

test('no ring is lost: a thread that sleeps whenever there is nothing does all the work', async () => {
  const bell = Doorbell.create();
  const work = new SharedArrayBuffer(4);
  const worker = startThread('doorbell-thread.ts', { handle: bell.handle, work });
  await nextMessage(worker);
  const done = nextMessage(worker);
  for (let i = 0; i < 1000; i += 1) {
    Atomics.add(new Int32Array(work), 0, 1);
    bell.ring();
    if (i % 10 === 0) await pause(0);
  }
  expect(await done).toBe('done');
}, 30_000);

test('a ring before the wait is not waited for', async () => {
  const bell = Doorbell.create();
  const seen = bell.value;
  bell.ring();
  expect(bell.wait(seen, 60_000)).not.toBe(seen);
  expect(await bell.waitAsync(seen, 60_000)).not.toBe(seen);
});

test('without a ring the wait ends with the time, and says so by the same value', async () => {
  const bell = Doorbell.create();
  expect(bell.wait(bell.value, 5)).toBe(bell.value);
  const seen = bell.value;
  const alive = setInterval(() => undefined, 1000);
  expect(await bell.waitAsync(seen, 5)).toBe(seen);
  clearInterval(alive);
});

test('a ring ends an asynchronous wait', async () => {
  const bell = Doorbell.create();
  const other = Doorbell.attach(bell.handle);
  const seen = bell.value;
  const waiting = bell.waitAsync(seen, 20_000);
  other.ring();
  expect(await waiting).not.toBe(seen);
});

test('a time that is none is refused instead of waited for without end', async () => {
  const bell = Doorbell.create();
  expect(() => bell.wait(bell.value, Number.NaN)).toThrow(RangeError);
  await expect(bell.waitAsync(bell.value, -1)).rejects.toThrow(RangeError);
});
