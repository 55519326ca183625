import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  AV_NOPTS_VALUE,
  FormatContext,
  type Frame,
  Packet,
  Rational,
} from '../../../src/vision/video/ffmpeg.ts';
import { SourceTimes } from '../../../src/vision/video/source-times.ts';

const context = new FormatContext();
context.allocContext();
afterAll(() => context.freeContext());

interface Ticks {
  readonly pts?: number;
  readonly dts?: number;
  readonly duration?: number;
}

const ticks = (value: number | undefined): bigint => (value === undefined ? AV_NOPTS_VALUE : BigInt(value));

/** Times of a stream of 10 ticks a second. */
function timesOf(about: { readonly start?: number; readonly duration?: number } = {}): SourceTimes {
  const stream = context.newStream();
  stream.timeBase = new Rational(1, 10);
  stream.startTime = ticks(about.start);
  stream.duration = BigInt(about.duration ?? 0);
  return new SourceTimes(stream);
}

function note(times: SourceTimes, { pts, dts, duration = 1 }: Ticks): number | undefined {
  using packet = new Packet();
  packet.alloc();
  packet.pts = ticks(pts);
  packet.dts = ticks(dts);
  packet.duration = BigInt(duration);
  return times.note(packet);
}

/** Of a picture with a time of its own or none, and FFmpeg's best guess. A real frame lets nobody set the two apart. */
function secondsOf(times: SourceTimes, own: number | undefined, best = own): number | undefined {
  return times.secondsOf({ pts: ticks(own), bestEffortTimestamp: ticks(best) } as Frame);
}

describe('times of a source', () => {
  test('a packet tells its decoding time, or none', () => {
    const times = timesOf();
    expect(note(times, { pts: 5, dts: 3 })).toBeCloseTo(0.3);
    expect(note(times, { pts: 7 })).toBeUndefined();
  });

  test('a picture has its presentation time, or none', () => {
    const times = timesOf();
    note(times, { pts: 12, dts: 8 });
    expect(secondsOf(times, 12)).toBeCloseTo(1.2);
    expect(secondsOf(times, undefined)).toBeUndefined();
    expect(secondsOf(times, 13)).toBeCloseTo(1.3);
  });

  test('where only decoding times are known, the delay of the first picture is taken off all', () => {
    const times = timesOf();
    for (const dts of [0, 1, 2]) note(times, { dts });
    expect([2, 3, 4].map((best) => secondsOf(times, undefined, best))).toEqual([
      0,
      expect.closeTo(0.1),
      expect.closeTo(0.2),
    ]);
  });

  test('where the first picture has a time of its own, nothing is taken off the others', () => {
    const times = timesOf();
    for (const dts of [0, 1, 2]) note(times, { dts });
    expect(secondsOf(times, 2)).toBeCloseTo(0.2);
    expect(secondsOf(times, undefined, 3)).toBeCloseTo(0.3);
  });
});

describe('a source ends early', () => {
  test('where its packets end before the promise, the tolerance off', () => {
    const times = timesOf({ start: 20, duration: 100 });
    for (const pts of [20, 109, 60]) note(times, { pts, dts: pts });
    expect(times.endsEarly(0.9)).toBe(true);
    expect(times.endsEarly(1.1)).toBe(false);
  });

  test('never where nothing was promised', () => {
    expect(timesOf().endsEarly(0)).toBe(false);
    expect(timesOf({ start: 20 }).endsEarly(0)).toBe(false);
  });

  test('by the latest end of all packets, whatever their order and whichever time they have', () => {
    const time = fc.nat(100);
    const packet = fc.oneof(
      fc.record({ pts: time, dts: time, duration: fc.nat(9) }),
      fc.record({ pts: time, duration: fc.nat(9) }),
      fc.record({ dts: time, duration: fc.nat(9) }),
      fc.record({ duration: fc.nat(9) }),
    );
    fc.assert(
      fc.property(
        fc.array<Ticks>(packet, { maxLength: 10 }),
        fc.integer({ min: 1, max: 120 }),
        (packets, length) => {
          const times = timesOf({ duration: length });
          for (const one of packets) note(times, one);
          const ends = packets.map(({ pts, dts, duration = 0 }) => {
            const start = pts ?? dts;
            return start === undefined ? 0 : start + duration;
          });
          expect(times.endsEarly(0.05)).toBe(Math.max(0, ...ends) < length);
        },
      ),
    );
  });
});
