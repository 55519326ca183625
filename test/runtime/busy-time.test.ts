import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BusyTime } from '../../src/runtime/busy-time.ts';

test('each stage holds the seconds between its starts and its ends, whatever their order', () => {
  const piece = fc.record({
    stage: fc.constantFrom('decode', 'scale', 'model'),
    idle: fc.nat(500),
    busy: fc.nat(500),
  });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      let now = 1000;
      const time = new BusyTime(() => now);
      for (const { stage, idle, busy } of pieces) {
        now += idle;
        const startedAt = time.now();
        now += busy;
        expect(time.since(stage, startedAt)).toBe(now);
      }
      const { seconds } = time;
      for (const stage of ['decode', 'scale', 'model']) {
        const milliseconds = pieces
          .filter((one) => one.stage === stage)
          .reduce((sum, { busy }) => sum + busy, 0);
        expect(seconds[stage] ?? 0).toBeCloseTo(milliseconds / 1000, 9);
      }
    }),
  );
});

test('the end of one stage may be the start of the next', () => {
  let now = 0;
  const time = new BusyTime(() => now);
  const start = time.now();
  now = 250;
  const next = time.since('decode', start);
  now = 1000;
  time.since('scale', next);
  expect(time.seconds).toEqual({ decode: 0.25, scale: 0.75 });
});

test('what was read once does not change with what comes after', () => {
  let now = 0;
  const time = new BusyTime(() => now);
  now = 500;
  time.since('decode', 0);
  const before = time.seconds;
  now = 1000;
  time.since('decode', 500);
  expect(before).toEqual({ decode: 0.5 });
  expect(time.seconds).toEqual({ decode: 1 });
});

test('a stage that never ran is not there, rather than 0', () => {
  expect(new BusyTime().seconds).toEqual({});
});
