import { expect, test } from 'vitest';
import { coveragePlot } from '../../src/cli/coverage-plot.ts';

const options = { width: 20, rows: 3 };

test('a rising coverage fills the plot from left below to right above', () => {
  const rising = Array.from({ length: 100 }, (_, i) => [i / 10, i / 99] as const);
  const [top, , bottom] = coveragePlot(rising, [], options);
  expect(top.slice(7)).toBe('              ▁▃▄▅▆█');
  expect(bottom.slice(7)).toBe(' ▂▃▄▅▇██████████████');
});

test('events stand under the moment at which they came', () => {
  const flat = Array.from({ length: 101 }, (_, i) => [i / 10, 0.5] as const);
  const lines = coveragePlot(
    flat,
    [
      { type: 'blocked', t: 5, coverage: 0.8 },
      { type: 'cleared', t: 9.9, coverage: 0 },
    ],
    options,
  );
  const marks = lines[3].slice(7);
  expect(marks.indexOf('▲')).toBe(10);
  expect(marks.indexOf('▼')).toBe(19);
});

test('an unknown stretch shows as question marks and never as zero', () => {
  const values = Array.from({ length: 100 }, (_, i) => [i / 10, i >= 50 ? null : 1] as const);
  const lines = coveragePlot(values, [], options);
  expect(lines[3].slice(7)).toBe('──────────??????????');
  expect(lines[2].slice(7)).toBe('██████████          ');
});

test('no values give no plot', () => {
  expect(coveragePlot([], [], options)).toEqual([]);
});
