import { expect, test } from 'vitest';
import { type BenchReport, type BenchResult, middleOf, regressions } from '../../src/cli/bench-report.ts';

function result(name: BenchResult['name'], framesPerSecond: number, megabytes: number): BenchResult {
  return {
    name,
    title: name,
    framesPerSecond,
    lowest: framesPerSecond,
    highest: framesPerSecond,
    latencyMilliseconds: 20,
    peakRssBytes: megabytes * 1e6,
  };
}

function report(...results: BenchResult[]): BenchReport {
  return {
    schema: 'plateau.bench/1',
    date: '2026-01-01T00:00:00.000Z',
    machine: { cpu: 'any', cores: 2, memoryBytes: 1e9, node: '24.0.0' },
    clip: 'chute.mp4',
    model: 'coal-seg.onnx',
    rounds: 3,
    results,
    absent: [],
  };
}

test('the same figures are no regression', () => {
  const same = report(result('plateau', 40, 130), result('opencv', 30, 146));
  expect(regressions(same, same, 0)).toEqual([]);
});

test('a machine that is busy with other things is no regression where a peer slows down as well', () => {
  const before = report(result('plateau', 40, 130), result('opencv', 30, 146));
  const busy = report(result('plateau', 10, 130), result('opencv', 7.5, 146));
  expect(regressions(busy, before, 0.15)).toEqual([]);
});

test('slower over the peer, or larger, is said in a sentence each', () => {
  const before = report(result('plateau', 40, 130), result('opencv', 30, 146));
  const worse = report(result('plateau', 30, 190), result('opencv', 30, 146));
  expect(regressions(worse, before, 0.15)).toEqual([
    'Speed is 1.00 times the speed of opencv, and was 1.33.',
    'Peak memory is 190 MB, and was 130 MB.',
  ]);
});

test('without a peer in common speed is compared as it is', () => {
  const before = report(result('plateau', 40, 130), result('ffmpeg', 900, 50));
  expect(regressions(report(result('plateau', 30, 130)), before, 0.15)).toEqual([
    'Speed is 30.0 pictures a second, and was 40.0.',
  ]);
  expect(regressions(report(result('plateau', 35, 130)), before, 0.15)).toEqual([]);
});

test('the middle of an even number of runs lies between the two in the middle', () => {
  expect(middleOf([4, 1, 2, 3])).toBe(2.5);
  expect(() => middleOf([])).toThrow(RangeError);
});
