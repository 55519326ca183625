import { describe, expect, test } from 'vitest';
import { assessFlatness, type Flatness, type MemoryPoint } from '../src/index.ts';
import { studentQuantile } from '../src/student-quantile.ts';
import { normal, randomFrom } from './random.ts';

interface Noise {
  readonly frames: number;
  readonly every: number;
  readonly correlation: number;
}

/** RSS as it behaves: 200 MB, an AR(1) of 4 MB deviation, and a leak of so many bytes a frame. */
function series(seed: number, leak: number, { frames, every, correlation }: Noise): MemoryPoint[] {
  const random = randomFrom(seed);
  const deviation = 4e6;
  let wave = normal(random) * deviation;
  const points: MemoryPoint[] = [];
  for (let frame = 0; frame <= frames; frame += every) {
    points.push({ frame, bytes: 200e6 + wave + leak * frame });
    wave = correlation * wave + Math.sqrt(1 - correlation ** 2) * deviation * normal(random);
  }
  return points;
}

function shareOf(verdict: Flatness['verdict'], leak: number, noise: Noise, runs: number = 200): number {
  let count = 0;
  for (let run = 0; run < runs; run += 1) {
    if (assessFlatness(series(run * 7919 + leak + 1, leak, noise)).verdict === verdict) count += 1;
  }
  return count / runs;
}

const correlations = [0.9, 0.95, 0.98];

describe.each(correlations)('with noise of correlation %s', (correlation) => {
  test.each([20_000, 100_000])('at most 2 % of flat runs of %s frames count as leaking', (frames) => {
    expect(shareOf('leaking', 0, { frames, every: 20, correlation })).toBeLessThanOrEqual(0.02);
  });

  test.each([20_000, 100_000])('at most 2 % of leaks of 1 KB over %s frames count as flat', (frames) => {
    expect(shareOf('flat', 1024, { frames, every: 20, correlation })).toBeLessThanOrEqual(0.02);
  });

  test('100,000 frames suffice to call at least 98 % of flat runs flat', () => {
    expect(shareOf('flat', 0, { frames: 100_000, every: 20, correlation })).toBeGreaterThanOrEqual(0.98);
  });

  test('100,000 frames suffice to call at least 98 % of leaks of 1 KB leaking', () => {
    expect(shareOf('leaking', 1024, { frames: 100_000, every: 20, correlation })).toBeGreaterThanOrEqual(
      0.98,
    );
  });
});

test('a leak just above the bound is rarely called flat', () => {
  expect(shareOf('flat', 600, { frames: 100_000, every: 20, correlation: 0.95 })).toBeLessThanOrEqual(0.02);
});

test.each([0.9, 0.95, 0.98])(
  'nor in a run hardly longer than the memory of its noise (%s)',
  (correlation) => {
    expect(shareOf('flat', 600, { frames: 20_000, every: 100, correlation })).toBeLessThanOrEqual(0.03);
  },
);

test('growth without noise is named exactly', () => {
  const points = Array.from({ length: 200 }, (_, at) => ({ frame: at * 10, bytes: 1e6 + at * 10 * 1000 }));
  const { verdict, slopeBytesPerFrame, confidence95 } = assessFlatness(points, { warmUpFrames: 0 });
  expect(verdict).toBe('leaking');
  expect(slopeBytesPerFrame).toBeCloseTo(1000, 6);
  expect(confidence95[0]).toBeCloseTo(1000, 6);
});

test('memory that never moves is flat', () => {
  const points = Array.from({ length: 200 }, (_, frame) => ({ frame, bytes: 1e8 }));
  expect(assessFlatness(points).verdict).toBe('flat');
});

test('memory that could not be read even once is undecided', () => {
  const points = Array.from({ length: 200 }, (_, frame) => ({ frame, bytes: 1e8 }));
  for (const unreadable of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) {
    const damaged = points.with(150, { frame: 150, bytes: unreadable });
    expect(assessFlatness(damaged).verdict).toBe('undecided');
  }
});

test('too few samples are undecided', () => {
  expect(assessFlatness([]).verdict).toBe('undecided');
  expect(assessFlatness(series(1, 0, { frames: 19, every: 1, correlation: 0 })).verdict).toBe('undecided');
});

test('growth inside of the warm-up does not count', () => {
  const points = Array.from({ length: 2000 }, (_, frame) => ({
    frame,
    bytes: 1e8 + Math.min(frame, 500) * 1e5,
  }));
  expect(assessFlatness(points, { warmUpFrames: 600 }).verdict).toBe('flat');
  expect(assessFlatness(points, { warmUpFrames: 0 }).verdict).not.toBe('flat');
});

test('fewer than 20 blocks are refused', () => {
  expect(() => assessFlatness([], { blocks: 19 })).toThrow(RangeError);
  expect(() => assessFlatness([], { boundBytesPerFrame: 0 })).toThrow(RangeError);
});

test.each([
  [3, 3.182446],
  [5, 2.570582],
  [10, 2.228139],
  [18, 2.100922],
  [30, 2.042272],
  [120, 1.97993],
])('the t quantile for %s degrees of freedom is that of the tables', (freedom, expected) => {
  expect(studentQuantile(0.975, freedom)).toBeCloseTo(expected, 3);
});
