import { expect, test } from 'vitest';
import { refuseNaN } from '../../../src/vision/yolo/refuse-nan.ts';

test('a NaN is refused wherever it stands', () => {
  for (const place of [0, 1, 2, 3, 4]) {
    const values = Float32Array.of(1, -2, 3, 0, 5);
    values[place] = Number.NaN;
    expect(() => refuseNaN(values, 'The head')).toThrow(/^The head holds values that are no numbers/);
  }
});

test('numbers pass, however large, and infinities of both signs, which have a place beside a threshold', () => {
  refuseNaN(Float32Array.of(3e38, 3e38, -3e38, 1e-45), 'The head');
  refuseNaN(Float32Array.of(Infinity, 0, -Infinity), 'The head');
  refuseNaN(new Float32Array(0), 'The head');
});
