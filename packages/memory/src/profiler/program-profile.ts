/** One profile of a whole program, put together from the records of its threads. */
import type { CallProfile } from '../call-meter.ts';
import { type StageReport, type StageRow, type StageSample, stageMeasures } from '../stage-report.ts';
import type { FunctionRow } from './function-sampler.ts';
import type { LineRow } from './line-recorder.ts';
import type { ThreadFailure, ThreadRecord } from './thread-record.ts';

export interface ProgramProfile {
  /** Each thread is a root, with its stages inside; threads of one name are one. The main thread comes first. */
  readonly stages: StageReport;
  /** Of the main thread, and RSS of all; `null` where the program was ended before it could tell. */
  readonly call: CallProfile | null;
  /** Of all threads, those that made most first. */
  readonly functions: readonly FunctionRow[];
  readonly lines: ProgramLines | null;
  readonly failure: ThreadFailure | null;
  /** Threads that were begun and have left no record: Node loads nothing ahead of code that is given as text. */
  readonly unseenThreads: number;
}

export interface ProgramLines {
  readonly wasLoaded: boolean;
  readonly rows: readonly LineRow[];
  readonly probeSeconds: number;
}

/** @returns `undefined` when the main thread has left no record. */
export function programProfile(records: readonly ThreadRecord[]): ProgramProfile | undefined {
  const main = records.find(({ isMain }) => isMain);
  if (main === undefined) return undefined;
  const all = [main, ...records.filter((record) => record !== main)];
  const reports = all.map(({ stages }) => stages);
  return {
    stages: {
      seconds: main.stages.seconds,
      // Threads run beside each other: the one that lost most tells how much longer the program took.
      measuringSeconds: Math.max(...reports.map(({ measuringSeconds }) => measuringSeconds)),
      rows: mergeRows(reports.flatMap(({ rows }) => rows)),
      timeline: mergeTimelines(main, all),
      overlaps: reports.reduce((sum, { overlaps }) => sum + overlaps, 0),
    },
    call: main.call,
    functions: mergeFunctions(all),
    lines: mergeLines(all),
    failure: main.failure,
    unseenThreads: Math.max(
      0,
      all.reduce((sum, { threadsBegun }) => sum + threadsBegun, 0) - (all.length - 1),
    ),
  };
}

function mergeRows(rows: readonly StageRow[]): StageRow[] {
  const merged = new Map<string, { -readonly [Field in keyof StageRow]: StageRow[Field] }>();
  for (const row of rows) {
    const before = merged.get(row.path);
    if (before === undefined) {
      merged.set(row.path, { ...row });
      continue;
    }
    for (const field of [...stageMeasures, 'calls', 'measuredCalls', 'seconds', 'ownSeconds'] as const)
      before[field] += row[field];
  }
  return [...merged.values()];
}

/** At the main thread's moments: its RSS is the process's, and heap and buffers are those of all threads. */
function mergeTimelines(main: ThreadRecord, all: readonly ThreadRecord[]): StageSample[] {
  const others = all.filter((record) => record !== main);
  const places = others.map(() => -1);
  return main.stages.timeline.map((sample) => {
    let { heapBytes, bufferBytes } = sample;
    for (const [index, { stages, startedAtSeconds }] of others.entries()) {
      const at = main.startedAtSeconds + sample.atSeconds - startedAtSeconds;
      let place = places[index] ?? -1;
      while ((stages.timeline[place + 1]?.atSeconds ?? Number.POSITIVE_INFINITY) <= at) place += 1;
      places[index] = place;
      // A thread that has ended holds nothing any more.
      const latest = at > stages.seconds ? undefined : stages.timeline[place];
      heapBytes += latest?.heapBytes ?? 0;
      bufferBytes += latest?.bufferBytes ?? 0;
    }
    return { ...sample, heapBytes, bufferBytes };
  });
}

function mergeFunctions(records: readonly ThreadRecord[]): FunctionRow[] {
  const same = Map.groupBy(
    records.flatMap(({ functions }) => functions),
    ({ name, file, line }) => `${file}:${line}:${name}`,
  );
  return [...same.values()]
    .flatMap(([first, ...others]) => {
      if (first === undefined) return [];
      return [{ ...first, heapBytes: others.reduce((sum, one) => sum + one.heapBytes, first.heapBytes) }];
    })
    .sort((a, b) => b.heapBytes - a.heapBytes);
}

function mergeLines(records: readonly ThreadRecord[]): ProgramLines | null {
  const found = records.flatMap(({ lines }) => lines ?? []);
  if (found.length === 0) return null;
  const merged = new Map<number, { line: number; calls: number; heapBytes: number; bufferBytes: number }>();
  for (const { line, calls, heapBytes, bufferBytes } of found.flatMap(({ rows }) => rows)) {
    const before = merged.get(line) ?? { line, calls: 0, heapBytes: 0, bufferBytes: 0 };
    before.calls += calls;
    before.heapBytes += heapBytes;
    before.bufferBytes += bufferBytes;
    merged.set(line, before);
  }
  return {
    wasLoaded: found.some(({ wasLoaded }) => wasLoaded),
    rows: [...merged.values()].sort((a, b) => a.line - b.line),
    probeSeconds: Math.max(...found.map(({ probeSeconds }) => probeSeconds)),
  };
}
