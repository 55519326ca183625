import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AtomicCounter } from '../src/index.ts';
import { ended, startThread } from './worker.ts';

test('eight threads that add a million each are counted exactly', async () => {
  const counter = AtomicCounter.create();
  const job = { handle: counter.handle, times: 1_000_000 };
  await Promise.all(Array.from({ length: 8 }, () => ended(startThread('counter-thread.ts', job))));
  expect(counter.value).toBe(8_000_000);
}, 60_000);

test('sums are exact beyond 32 bits, upwards and downwards', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 })), (steps) => {
      const counter = AtomicCounter.create();
      for (const step of steps) counter.add(step);
      expect(counter.value).toBe(steps.reduce((sum, step) => sum + step, 0));
    }),
  );
});

test('a fraction is refused', () => {
  expect(() => AtomicCounter.create().add(0.5)).toThrow(RangeError);
});

test('taking all sets it to zero and answers what there was', () => {
  const counter = AtomicCounter.over(new SharedArrayBuffer(32), 8);
  counter.add(41);
  AtomicCounter.attach(counter.handle).add();
  expect(counter.takeAll()).toBe(42);
  expect(counter.value).toBe(0);
});
