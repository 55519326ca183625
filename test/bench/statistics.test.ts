import { expect, test } from 'vitest';
import { alternate } from '../../bench/harness/alternate.ts';
import { median, pairedRatio, quantile, slope, spreadOf } from '../../bench/harness/statistics.ts';
import { table, withSpread } from '../../bench/harness/table.ts';

test('the median is the middle value, and between the middle two where there are two', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('quantiles lie between the neighbours and leave the given values as they are', () => {
  const values = [10, 0, 20];
  expect(quantile(values, 0)).toBe(0);
  expect(quantile(values, 1)).toBe(20);
  expect(quantile(values, 0.75)).toBe(15);
  expect(values).toEqual([10, 0, 20]);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test('a machine that is slow for a while falls out of ratios taken in pairs', () => {
  // The second pair ran at a third of the speed; the ratio of medians would say 1.1 as well only by luck.
  const ratio = pairedRatio([11, 33, 22], [10, 30, 20]);
  expect(ratio.median).toBeCloseTo(1.1);
  expect(ratio.lowest).toBeCloseTo(1.1);
  expect(ratio.highest).toBeCloseTo(1.1);
  expect(ratio.runs).toBe(3);
  expect(() => pairedRatio([1], [])).toThrow(RangeError);
});

test('a spread names the middle, the ends and how many runs', () => {
  expect(withSpread(spreadOf([1.2, 1, 1.1]))).toBe('1.10 (1.00 to 1.20, 3)');
});

test('the slope of a line is its slope', () => {
  expect(slope([1, 2, 3], [10, 12, 14])).toBeCloseTo(2);
  expect(() => slope([1, 1], [2, 3])).toThrow(RangeError);
});

test('contenders alternate, each round in the opposite order of the last', async () => {
  const order: string[] = [];
  const run = (name: string) => async () => {
    order.push(name);
    return order.length;
  };
  const measured = await alternate({ a: run('a'), b: run('b') }, 3);
  expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
  expect(measured).toEqual({ a: [1, 4, 5], b: [2, 3, 6] });
});

test('a table is Markdown with padded columns', () => {
  expect(table(['name', 'MB'], [['ours', '9']])).toBe('| name | MB  |\n| ---- | --- |\n| ours | 9   |');
});
