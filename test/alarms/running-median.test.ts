import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningMedian } from '../../src/alarms/index.ts';

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

test('the running median equals the median of the values younger than the window', () => {
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 40 }), fc.double({ min: 0, max: 1, noNaN: true })),
    { minLength: 1, maxLength: 300 },
  );
  fc.assert(
    fc.property(steps, (series) => {
      const median = new RunningMedian(1);
      const seen: [number, number][] = [];
      let ticks = 0;
      for (const [step, value] of series) {
        ticks += step;
        seen.push([ticks, value]);
        const window = seen.filter(([t]) => t > ticks - 100).slice(-256);
        expect(median.add(ticks / 100, value)).toBe(medianOf(window.map(([, v]) => v)));
      }
    }),
  );
});

test('a window of zero seconds passes every value through', () => {
  const median = new RunningMedian(0);
  expect([1, 5, 2].map((value, i) => median.add(i, value))).toEqual([1, 5, 2]);
});

test('more values than the capacity drop the oldest instead of growing', () => {
  const median = new RunningMedian(1000, 3);
  for (const [i, value] of [9, 9, 1, 1, 1].entries()) median.add(i, value);
  expect(median.count).toBe(3);
  expect(median.add(5, 7)).toBe(1);
});

test('a long window holds all of its values, and at the pace of a camera', () => {
  const median = new RunningMedian(60, 60 * 25);
  const began = performance.now();
  // 40 of 60 seconds lie above: the last 256 values, all below, would say otherwise.
  for (let i = 0; i < 10 * 60 * 25; i += 1) median.add(i / 25, i % 1500 < 1000 ? 0.9 : 0.1);
  expect(median.add(10 * 60, 0.1)).toBe(0.9);
  expect(median.count).toBe(1500);
  expect(performance.now() - began).toBeLessThan(2000);
});
