import { expect, test } from 'vitest';
import { functionTable, programProfile, type StageRow, type ThreadRecord } from '../src/index.ts';

const row = (path: string, calls: number, bufferBytes: number): StageRow => ({
  path,
  calls,
  measuredCalls: calls,
  seconds: calls,
  ownSeconds: calls,
  rssBytes: 0,
  heapBytes: 0,
  bufferBytes,
  externalBytes: 0,
  poolBytes: 0,
});

function record(thread: string, startedAtSeconds: number, changes: Partial<ThreadRecord>): ThreadRecord {
  return {
    thread,
    isMain: thread === 'main',
    startedAtSeconds,
    stages: { seconds: 10, measuringSeconds: 1, rows: [], timeline: [], overlaps: 0 },
    call: null,
    functions: [],
    lines: null,
    failure: null,
    threadsBegun: 0,
    ...changes,
  };
}

const sample = (atSeconds: number, bufferBytes: number) => ({
  atSeconds,
  rssBytes: 50,
  heapBytes: 1,
  bufferBytes,
});

test('threads of one name are one, the main thread stands first', () => {
  const stages = (rows: StageRow[], overlaps = 1) => ({
    stages: { seconds: 10, measuringSeconds: rows.length, rows, timeline: [], overlaps },
  });
  const profile = programProfile([
    record('capture', 0, stages([row('capture', 1, 3), row('capture/decode', 5, 100)])),
    record('main', 0, stages([row('main', 1, 1)])),
    record('capture', 5, stages([row('capture', 1, 4), row('capture/decode', 7, 200)])),
  ]);
  expect(profile?.stages).toMatchObject({
    measuringSeconds: 2,
    overlaps: 3,
    rows: [row('main', 1, 1), row('capture', 2, 7), row('capture/decode', 12, 300)],
  });
});

test('threads that have left no record are counted, whoever began them', () => {
  const main = record('main', 0, { threadsBegun: 2 });
  const worker = record('worker', 0, { threadsBegun: 1 });
  expect(programProfile([main, worker])?.unseenThreads).toBe(2);
  const quiet = record('quiet', 0, {});
  expect(programProfile([main, worker, quiet, quiet])?.unseenThreads).toBe(0);
  // A record of a moment before the last of them began.
  expect(programProfile([record('main', 0, {}), quiet])?.unseenThreads).toBe(0);
});

test("the timeline is the main thread's, with what the others held at each moment", () => {
  const main = record('main', 100, {
    stages: {
      seconds: 10,
      measuringSeconds: 0,
      rows: [],
      overlaps: 0,
      timeline: [sample(1, 10), sample(4, 10), sample(9, 10)],
    },
  });
  // It began 2 s later, and ended after 5.
  const worker = record('worker', 102, {
    stages: {
      seconds: 5,
      measuringSeconds: 0,
      rows: [],
      overlaps: 0,
      timeline: [sample(0.5, 100), sample(1.5, 200), sample(3, 400)],
    },
  });
  const timeline = programProfile([worker, main])?.stages.timeline;
  expect(timeline?.map(({ bufferBytes }) => bufferBytes)).toEqual([10, 210, 10]);
  expect(timeline?.map(({ rssBytes }) => rssBytes)).toEqual([50, 50, 50]);
});

test('lines and functions are those of all threads together', () => {
  const lines = (calls: number) => ({
    wasLoaded: calls > 0,
    rows: calls > 0 ? [{ line: 3, calls, heapBytes: 10, bufferBytes: 1 }] : [],
    probeSeconds: calls,
  });
  const made = (name: string, heapBytes: number) => ({
    name,
    file: 'file:///a/b/c/d.ts',
    line: 2,
    heapBytes,
  });
  const profile = programProfile([
    record('main', 0, { lines: lines(0), functions: [made('small', 5_000)] }),
    record('one', 0, { lines: lines(2), functions: [made('large', 10_000)] }),
    record('two', 0, { lines: lines(3), functions: [made('large', 20_000)] }),
  ]);
  expect(profile?.lines).toEqual({
    wasLoaded: true,
    rows: [{ line: 3, calls: 5, heapBytes: 20, bufferBytes: 2 }],
    probeSeconds: 3,
  });
  expect(profile?.functions).toEqual([made('large', 30_000), made('small', 5_000)]);
  expect(functionTable(profile?.functions ?? [])).toMatch(/^large +b\/c\/d\.ts:2 +\+30\.0 kB$/m);
});

test('without a record of the main thread there is no profile', () => {
  expect(programProfile([record('worker', 0, {})])).toBeUndefined();
});
