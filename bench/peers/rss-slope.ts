/** Does resident memory grow with the pictures? One long run of each whole line. */
import type { ResidentMemory } from '../harness/resident-memory.ts';
import { median, slope } from '../harness/statistics.ts';
import type { Contender, Course } from './contenders.ts';

export interface SlopeRun {
  readonly framesPerSecond: number;
  readonly peakRssBytes: number;
  /** Least squares over the last four fifths of the run. */
  readonly slopeBytesPerFrame: number;
  /** Median RSS of the first and of the last quarter of that part. */
  readonly ends: readonly [first: number, last: number];
}

export async function measureSlope(contender: Contender, course: Course): Promise<SlopeRun> {
  const seconds: number[] = [];
  const bytes: number[] = [];
  const { framesPerSecond, peakRssBytes } = await contender(course, (memory: ResidentMemory, elapsed) => {
    seconds.push(elapsed);
    bytes.push(memory.rss);
  });
  // The start of a process is no growth, and at its very end it has given things back already.
  const until = seconds.length - 3;
  const from = seconds.findIndex((at) => at >= seconds[until] - (0.8 * course.frames) / framesPerSecond);
  const quarter = (which: number): number => {
    const place = (share: number): number => from + Math.floor(((until - from) * share) / 4);
    return median(bytes.slice(place(which), place(which + 1)));
  };
  return {
    framesPerSecond,
    peakRssBytes,
    slopeBytesPerFrame: slope(seconds.slice(from, until), bytes.slice(from, until)) / framesPerSecond,
    ends: [quarter(0), quarter(3)],
  };
}
