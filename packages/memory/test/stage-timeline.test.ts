import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StageTimeline } from '../src/stage-timeline.ts';

function noteAll(timeline: StageTimeline, count: number): void {
  for (let moment = 1; moment <= count; moment += 1) {
    const bytes = { rssBytes: moment * 3, heapBytes: moment * 2, bufferBytes: moment };
    timeline.note(moment, { ...bytes, externalBytes: 7, poolBytes: 7 });
  }
}

test('a moment keeps its time and its bytes', () => {
  const timeline = new StageTimeline();
  noteAll(timeline, 2);
  expect(timeline.samples).toEqual([
    { atSeconds: 1, rssBytes: 3, heapBytes: 2, bufferBytes: 1 },
    { atSeconds: 2, rssBytes: 6, heapBytes: 4, bufferBytes: 2 },
  ]);
});

test('however long a run, fewer than 1000 moments stay, all as far apart, and as many as that allows', () => {
  const counts = fc.oneof(fc.nat(5000), fc.constantFrom(999, 1000, 1999, 2000, 3999, 4000, 64_000));
  fc.assert(
    fc.property(counts, (count) => {
      const timeline = new StageTimeline();
      noteAll(timeline, count);
      let apart = 1;
      while (Math.floor(count / apart) >= 1000) apart *= 2;
      const expected = Array.from({ length: Math.floor(count / apart) }, (_, at) => (at + 1) * apart);
      expect(timeline.samples.map(({ atSeconds }) => atSeconds)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('after a clearing it begins as it did first', () => {
  const timeline = new StageTimeline();
  noteAll(timeline, 5001);
  timeline.clear();
  expect(timeline.samples).toEqual([]);
  noteAll(timeline, 1500);
  const fresh = new StageTimeline();
  noteAll(fresh, 1500);
  expect(timeline.samples).toEqual(fresh.samples);
});
