import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PresentationClock } from '../../../src/vision/video/presentation-clock.ts';

function placeAll(times: readonly (number | undefined)[], intervalSeconds = 0.1): number[] {
  const clock = new PresentationClock({ live: false, intervalSeconds });
  return times.map((time) => Number(clock.place(time, 0).seconds.toFixed(6)));
}

describe('presentation clock', () => {
  test('a recording keeps its own times, gaps included', () => {
    expect(placeAll([2, 2.1, 2.2, 60, 60.1])).toEqual([2, 2.1, 2.2, 60, 60.1]);
  });

  test('a start below zero moves all times to begin at zero', () => {
    expect(placeAll([-2.3, -2.2, -2.1])).toEqual([0, 0.1, 0.2]);
  });

  test('pictures without a time step by the interval', () => {
    expect(placeAll([undefined, undefined, undefined])).toEqual([0, 0.1, 0.2]);
  });

  test('a time that steps back goes on after the last one, and says so', () => {
    const clock = new PresentationClock({ live: false, intervalSeconds: 0.1 });
    clock.place(100, 0);
    expect(clock.place(3, 0)).toEqual({ seconds: 100.1, discontinuity: true });
    expect(clock.place(3.1, 0).seconds).toBeCloseTo(100.2);
    expect(clock.place(3.2, 0)).toMatchObject({ discontinuity: false });
    expect(clock.leaps).toBe(1);
  });

  test('two pictures that change places by a little do not shift what follows', () => {
    expect(placeAll([1, 1.1, 1.05, 1.2])).toEqual([1, 1.1, 1.101, 1.2]);
  });

  test('a live time that leaps is placed by arrival and counted', () => {
    const clock = new PresentationClock({ live: true, intervalSeconds: 0.04 });
    clock.place(10, 500);
    expect(clock.place(10.04, 500.04).seconds).toBeCloseTo(10.04);
    expect(clock.place(47_000, 500.08)).toMatchObject({ discontinuity: true });
    expect(clock.place(47_000.04, 500.12).seconds).toBeCloseTo(10.12);
    expect(clock.leaps).toBe(1);
  });

  test('a live pause keeps its length', () => {
    const clock = new PresentationClock({ live: true, intervalSeconds: 0.04 });
    clock.place(10, 500);
    expect(clock.place(70, 560.3)).toEqual({ seconds: 70, discontinuity: false });
  });

  test('whatever a source says, times ascend and are numbers', () => {
    const time = fc.option(
      fc.oneof(fc.double({ min: -1e6, max: 1e6 }), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.tuple(time, fc.double({ min: 0, max: 60, noNaN: true }))),
        (live, pictures) => {
          const clock = new PresentationClock({ live, intervalSeconds: 0.04 });
          let arrival = 0;
          let last = Number.NEGATIVE_INFINITY;
          for (const [source, elapsed] of pictures) {
            arrival += elapsed;
            const { seconds } = clock.place(source, arrival);
            expect(Number.isFinite(seconds)).toBe(true);
            expect(seconds).toBeGreaterThan(last);
            last = seconds;
          }
        },
      ),
    );
  });
});
