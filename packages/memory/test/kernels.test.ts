import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  absoluteDifference,
  add,
  blend,
  clamp,
  maximum,
  multiply,
  type Numbers,
  subtract,
  threshold,
} from '../src/index.ts';

const values = fc.array(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 50 });

const kernels: readonly [
  string,
  (a: Numbers, b: Numbers | number, out: Numbers) => Numbers,
  (a: number, b: number) => number,
][] = [
  ['add', add, (a, b) => a + b],
  ['subtract', subtract, (a, b) => a - b],
  ['multiply', multiply, (a, b) => a * b],
  ['absoluteDifference', absoluteDifference, (a, b) => Math.abs(a - b)],
  ['maximum', maximum, (a, b) => Math.max(a, b)],
  ['clamp', (a, _b, out) => clamp(a, -10, 10, out), (a) => Math.min(10, Math.max(-10, a))],
  ['threshold', (a, _, out) => threshold(a, 0, out), (a) => (a > 0 ? 1 : 0)],
];

describe.each(kernels)('%s', (_, kernel, reference) => {
  test('writes what it should into out, also when out is an input', () => {
    fc.assert(
      fc.property(values, values, fc.float({ noNaN: true, min: -100, max: 100 }), (first, second, number) => {
        const length = Math.min(first.length, second.length);
        const a = new Float64Array(first.slice(0, length));
        const b = new Float64Array(second.slice(0, length));
        const expected = [...a].map((value, i) => reference(value, b[i] ?? 0));
        const withNumber = [...a].map((value) => reference(value, number));
        const out = new Float64Array(length);
        expect(kernel(a, b, out)).toBe(out);
        expect([...out]).toEqual(expected);
        expect([...kernel(a, number, out)]).toEqual(withNumber);
        const alias = b.slice();
        expect([...kernel(a, alias, alias)]).toEqual(expected);
        const own = a.slice();
        expect([...kernel(own, b, own)]).toEqual(expected);
      }),
    );
  });

  test('refuses arrays of several lengths', () => {
    expect(() => kernel(new Float32Array(3), 1, new Float32Array(4))).toThrow(RangeError);
  });
});

test('blend is a weighted mean', () => {
  const out = new Float64Array(2);
  expect([...blend(new Float64Array([0, 10]), new Float64Array([10, 20]), 0.25, out)]).toEqual([2.5, 12.5]);
  expect(() => blend(new Float64Array(2), new Float64Array(3), 0.5, out)).toThrow(RangeError);
});

test('bounds in the wrong order are refused', () => {
  expect(() => clamp(new Float32Array(1), 2, 1, new Float32Array(1))).toThrow(RangeError);
});

test('nothing is allocated', () => {
  const a = new Float32Array(100_000);
  add(a, 1, a);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 20; i += 1) add(a, 1, a);
  expect(process.memoryUsage().arrayBuffers).toBeLessThanOrEqual(before);
});
