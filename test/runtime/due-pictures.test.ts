import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DuePictures } from '../../src/runtime/due-pictures.ts';

function dueTimes(due: DuePictures, times: readonly number[]): number[] {
  return times.filter((time) => due.take(time));
}

const tenPerSecond = Array.from({ length: 50 }, (_, i) => i / 10);

test('without interval and stride every picture is due', () => {
  expect(dueTimes(new DuePictures(1, 0), tenPerSecond)).toEqual(tenPerSecond);
});

test('a stride of five takes every fifth picture, the first one first', () => {
  expect(dueTimes(new DuePictures(5, 0), tenPerSecond)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
});

test('an interval holds its grid although times are no multiples of it', () => {
  const due = dueTimes(
    new DuePictures(1, 0.5),
    Array.from({ length: 100 }, (_, i) => i * 0.07),
  );
  expect(due.length).toBe(14);
  expect(due.slice(0, 3)).toEqual([0, 0.56, 1.05].map((t) => expect.closeTo(t, 6)));
});

test('a time that steps back starts the grid anew', () => {
  expect(dueTimes(new DuePictures(1, 10), [0, 5, 10, 3, 8, 13])).toEqual([0, 10, 3, 13]);
});

test('over random times, due pictures are never nearer than the interval allows on its grid', () => {
  const steps = fc.array(fc.double({ min: 0.001, max: 3, noNaN: true }), { minLength: 2, maxLength: 200 });
  fc.assert(
    fc.property(steps, (given) => {
      let time = 0;
      const times = given.map((step) => {
        time += step;
        return time;
      });
      const cells = dueTimes(new DuePictures(1, 1), times).map((t) => Math.floor(t - times[0] + 1e-6));
      expect(new Set(cells).size).toBe(cells.length);
    }),
  );
});
