import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MemoryLevel, MemoryThreshold } from '../src/index.ts';
import { normal, randomFrom } from './random.ts';

const gigabyte = 1e9;

test('it fires when the level is reached, and is armed again below the lower one', () => {
  let now = 0;
  const threshold = new MemoryThreshold({ clock: () => now, high: 100, low: 80 });
  const fired = [50, 99, 100, 120, 90, 100, 79, 100].map((bytes) => {
    now += 5;
    return threshold.observe(bytes, gigabyte);
  });
  expect(fired).toEqual([false, false, true, false, false, false, false, true]);
});

test('a share is one of the limit', () => {
  const threshold = new MemoryThreshold({ clock: () => 0, high: '80%' });
  expect(threshold.observe(0.79 * gigabyte, gigabyte)).toBe(false);
  expect(threshold.observe(0.8 * gigabyte, gigabyte)).toBe(true);
  expect(threshold.observe(0.73 * gigabyte, gigabyte)).toBe(false);
  expect(threshold.above).toBe(true);
  threshold.observe(0.71 * gigabyte, gigabyte);
  expect(threshold.above).toBe(false);
});

test('a value that stays high fires again only after its time', () => {
  let now = 0;
  const threshold = new MemoryThreshold({ clock: () => now, high: 100, againAfterSeconds: 60 });
  const times: number[] = [];
  for (now = 0; now < 200; now += 1) if (threshold.observe(150, gigabyte)) times.push(now);
  expect(times).toEqual([0, 60, 120, 180]);
});

test('a value that trembles around the level for 10 minutes does not start the same work over and over', () => {
  const random = randomFrom(7);
  let now = 0;
  const threshold = new MemoryThreshold({ clock: () => now, high: 800e6, againAfterSeconds: 60 });
  let fired = 0;
  for (now = 0; now < 600; now += 1)
    if (threshold.observe(800e6 + 5e6 * normal(random), gigabyte)) fired += 1;
  expect(fired).toBeLessThanOrEqual(11);
});

test('between two firings either the value was below the lower level, or the time was up', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 200 }), (values) => {
      let now = 0;
      const threshold = new MemoryThreshold({ clock: () => now, high: 100, low: 80, againAfterSeconds: 30 });
      let since: { at: number; wasLow: boolean } | undefined;
      for (const value of values) {
        now += 1;
        if (since !== undefined && value < 80) since.wasLow = true;
        if (!threshold.observe(value, gigabyte)) continue;
        expect(value).toBeGreaterThanOrEqual(100);
        if (since !== undefined) expect(since.wasLow || now - since.at >= 30).toBe(true);
        since = { at: now, wasLow: false };
      }
    }),
  );
});

test.each(['80', '%', '-5%', '0%', 0, -1, Number.NaN])('the level %o is refused', (high) => {
  expect(() => new MemoryThreshold({ clock: () => 0, high: high as MemoryLevel })).toThrow(RangeError);
});

test('a time that is none is refused: it would fire at each look', () => {
  for (const againAfterSeconds of [Number.NaN, -1])
    expect(() => new MemoryThreshold({ clock: () => 0, high: 100, againAfterSeconds })).toThrow(RangeError);
});

test('a lower level above the higher is refused', () => {
  expect(() => new MemoryThreshold({ clock: () => 0, high: 100, low: 101 })).toThrow(RangeError);
  expect(() => new MemoryThreshold({ clock: () => 0, high: '50%', low: '60%' })).toThrow(RangeError);
});

test('a value that rises again and again after each giving back fires every ten seconds at most', () => {
  let now = 0;
  const threshold = new MemoryThreshold({ clock: () => now, high: 100, low: 80 });
  const times: number[] = [];
  let bytes = 100;
  for (now = 0; now < 60; now += 1) {
    const isFired = threshold.observe(bytes, gigabyte);
    if (isFired) times.push(now);
    // What is given back is taken again within two seconds.
    bytes = isFired ? 50 : 100;
  }
  expect(times).toEqual([0, 10, 20, 30, 40, 50]);
});
