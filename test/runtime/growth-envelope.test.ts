import fc from 'fast-check';
import { expect, test } from 'vitest';
import { growthEnvelope } from '../../src/runtime/growth-envelope.ts';

const options = { boundBytesPerFrame: 256, warmUpFrames: 1000 };

/** A point each hundred frames over 20,000 frames. */
const series = (bytes: (frame: number) => number): { frame: number; bytes: number }[] =>
  Array.from({ length: 201 }, (_, i) => ({ frame: i * 100, bytes: bytes(i * 100) }));

test('a heap that stands still is flat, whatever happened in the warm-up', () => {
  const grown = growthEnvelope(
    series((frame) => (frame < 1000 ? frame * 1e4 : 2e7)),
    options,
  );
  expect(grown).toMatchObject({ verdict: 'flat', growthBytes: 0 });
});

test('a curve that levels off is flat', () => {
  expect(
    growthEnvelope(
      series((frame) => 2e7 + 2e5 * (1 - Math.exp(-frame / 4000))),
      options,
    ).verdict,
  ).toBe('flat');
});

test('a leak of 1 KB a frame is caught over any saw of collections up to a megabyte', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.integer({ min: 1, max: 50 }),
      (saw, period) => {
        const leak = series((frame) => 2e7 + 1024 * frame + (saw * ((frame / 100) % period)) / period);
        expect(growthEnvelope(leak, options).verdict).toBe('leaking');
      },
    ),
  );
});

test('noise wider than the bound allows is undecided, and so are too few or unreadable points', () => {
  expect(
    growthEnvelope(
      series((frame) => 2e7 + (frame % 200 ? 5e6 : 0)),
      options,
    ).verdict,
  ).toBe('undecided');
  expect(growthEnvelope(series(() => 2e7).slice(0, 15), options).verdict).toBe('undecided');
  expect(
    growthEnvelope(
      series(() => Number.NaN),
      options,
    ).verdict,
  ).toBe('undecided');
});
