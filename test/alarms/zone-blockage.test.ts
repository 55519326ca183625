import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BlockageSettings, ZoneBlockage, type ZoneEvent } from '../../src/alarms/index.ts';

const settings: BlockageSettings = {
  onCoverage: 0.73,
  offCoverage: 0.6,
  onDelaySeconds: 2.5,
  offDelaySeconds: 2.5,
  smoothSeconds: 0,
};

type Reading = readonly [t: number, coverage: number | null];

function eventsOf(readings: Iterable<Reading>, overrides: Partial<BlockageSettings> = {}): ZoneEvent[] {
  const zone = new ZoneBlockage({ ...settings, ...overrides });
  const events: ZoneEvent[] = [];
  for (const [t, coverage] of readings) {
    const event = zone.update(t, coverage);
    if (event) events.push(event);
  }
  return events;
}

/** Readings at ten a second, the coverage given by the time. */
function* tenPerSecond(
  seconds: number,
  coverage: (t: number) => number | null,
  start = 0,
): Generator<Reading> {
  for (let i = 0; i < seconds * 10; i += 1) yield [start + i / 10, coverage(start + i / 10)];
}

describe('ZoneBlockage', () => {
  test('blocked comes when the on-delay is up, and says that moment', () => {
    const events = eventsOf(tenPerSecond(10, (t) => (t >= 3 ? 0.8 : 0.1)));
    expect(events).toEqual([{ type: 'blocked', t: 5.5, coverage: 0.8 }]);
  });

  test('an empty belt clears the alarm', () => {
    const events = eventsOf(tenPerSecond(12, (t) => (t < 5 ? 0.9 : 0)));
    expect(events.map(({ type, t }) => [type, t])).toEqual([
      ['blocked', 2.5],
      ['cleared', 7.5],
    ]);
  });

  test('a value between the thresholds neither raises nor clears', () => {
    expect(eventsOf(tenPerSecond(20, () => 0.7))).toEqual([]);
    expect(eventsOf(tenPerSecond(20, (t) => (t < 5 ? 0.8 : 0.7)))).toHaveLength(1);
  });

  test('consecutive means consecutive: one reading below the threshold starts the delay anew', () => {
    const events = eventsOf(tenPerSecond(8, (t) => (Math.abs(t - 2.3) < 0.01 ? 0.1 : 0.9)));
    expect(events).toHaveLength(1);
    expect(events[0].t).toBeCloseTo(4.9, 6);
  });

  test('an unknown value breaks a run, and never clears', () => {
    const raised = eventsOf(tenPerSecond(6, (t) => (Math.abs(t - 2) < 0.01 ? null : 0.9)));
    expect(raised[0].t).toBeCloseTo(4.6, 6);
    const unknownForLong = eventsOf(tenPerSecond(60, (t) => (t < 5 ? 0.9 : null)));
    expect(unknownForLong.map((event) => event.type)).toEqual(['blocked']);
  });

  test('a gap longer than twice the usual interval and than 1 s breaks a run', () => {
    const before = [...tenPerSecond(2, () => 0.9)];
    const after = [...tenPerSecond(4, () => 0.9, 3.5)];
    expect(eventsOf([...before, ...after])[0].t).toBeCloseTo(6, 6);
  });

  test('a pause of 0.9 s is no gap, and sparse readings have none', () => {
    const paused = [...tenPerSecond(2, () => 0.9), ...tenPerSecond(4, () => 0.9, 2.8)];
    expect(eventsOf(paused)[0].t).toBeCloseTo(2.5, 6);
    const sparse: Reading[] = [0, 5, 10, 15].map((t) => [t, 0.9]);
    expect(eventsOf(sparse).map((event) => event.t)).toEqual([2.5]);
  });

  test('time that steps back breaks a run', () => {
    const readings = [...tenPerSecond(2, () => 0.9, 100), ...tenPerSecond(4, () => 0.9, 50)];
    expect(eventsOf(readings)[0].t).toBeCloseTo(52.5, 6);
  });

  test('a delay in source seconds holds where pictures thin out from ten a second to two', () => {
    const dense = [...tenPerSecond(3, () => 0.1)];
    const sparse: Reading[] = Array.from({ length: 10 }, (_, i) => [3 + i / 2, 0.9]);
    expect(eventsOf([...dense, ...sparse])[0].t).toBeCloseTo(5.5, 6);
  });

  test('a value that alternates around the on threshold raises at most one alarm', () => {
    const alternating = tenPerSecond(60, (t) => (Math.round(t * 10) % 2 ? 0.74 : 0.72));
    expect(eventsOf(alternating, { smoothSeconds: 1 }).length).toBeLessThanOrEqual(1);
  });

  test('smoothing carries an alarm over one missed detection in fifteen', () => {
    const events = eventsOf(
      tenPerSecond(60, (t) => (Math.round(t * 10) % 15 === 14 ? 0 : 0.8)),
      { smoothSeconds: 1 },
    );
    expect(events.map((event) => event.type)).toEqual(['blocked']);
  });

  test('without delays the event bears the time of the reading', () => {
    const events = eventsOf(
      tenPerSecond(3, (t) => (t >= 1 ? 0.9 : 0)),
      { onDelaySeconds: 0 },
    );
    expect(events).toEqual([{ type: 'blocked', t: 1, coverage: 0.9 }]);
  });

  test('thresholds out of order and impossible delays are refused', () => {
    expect(() => new ZoneBlockage({ ...settings, onCoverage: 0.5, offCoverage: 0.6 })).toThrow(
      /off threshold/,
    );
    expect(() => new ZoneBlockage({ ...settings, onCoverage: 1.2 })).toThrow(/on threshold/);
    expect(() => new ZoneBlockage({ ...settings, onDelaySeconds: -1 })).toThrow(/onDelaySeconds/);
    expect(() => new ZoneBlockage({ ...settings, smoothSeconds: Number.NaN })).toThrow(/smoothSeconds/);
  });

  test('a long smoothing window is as long as it says at 25 readings a second', () => {
    const zone = new ZoneBlockage({ ...settings, smoothSeconds: 60 });
    for (let i = 0; i < 1000; i += 1) zone.update(i / 25, 0.5);
    for (let i = 1000; i < 1400; i += 1) zone.update(i / 25, 0);
    expect(zone.smoothedCoverage).toBe(0.5);
  });

  test('a reading without a time or with no fraction is refused and changes nothing', () => {
    const zone = new ZoneBlockage({ ...settings, onDelaySeconds: 1 });
    zone.update(0, 0.9);
    for (const [time, coverage] of [
      [Number.NaN, 0.9],
      [Infinity, 0.9],
      [0.5, Number.NaN],
      [0.5, 81],
      [0.5, -0.1],
    ] as const)
      expect(() => zone.update(time, coverage)).toThrow(RangeError);
    expect(zone.update(0.5, 0.9)).toBeUndefined();
    expect(zone.update(1, 0.9)).toMatchObject({ type: 'blocked', t: 1 });
  });

  test('over random readings events alternate, and each had an unbroken run behind it', () => {
    const reading = fc.record({
      step: fc.oneof(
        { arbitrary: fc.constant(0.1), weight: 20 },
        fc.double({ min: -2, max: 4, noNaN: true }),
      ),
      coverage: fc.oneof(
        { arbitrary: fc.double({ min: 0.73, max: 1, noNaN: true }), weight: 10 },
        { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 1 },
        { arbitrary: fc.constant(null), weight: 1 },
      ),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 200 }), (steps) => {
        const zone = new ZoneBlockage(settings);
        const seen: [number, number | null][] = [];
        let time = 0;
        let expected: 'blocked' | 'cleared' = 'blocked';
        for (const { step, coverage } of steps) {
          time += step;
          seen.push([time, coverage]);
          const event = zone.update(time, coverage);
          if (!event) continue;
          expect(event.type).toBe(expected);
          // Walk back: every reading of the delay must lie on the far side, without an unknown and in order.
          const start = event.t - 2.5;
          for (let i = seen.length - 1; i >= 0 && seen[i][0] >= start - 1e-6; i -= 1) {
            const value = seen[i][1];
            expect(value).not.toBeNull();
            if (event.type === 'blocked') expect(value).toBeGreaterThanOrEqual(0.73);
            else expect(value).toBeLessThan(0.6);
            if (i > 0 && seen[i - 1][0] > seen[i][0]) break;
          }
          expected = expected === 'blocked' ? 'cleared' : 'blocked';
        }
      }),
      { numRuns: 500 },
    );
  });
});
