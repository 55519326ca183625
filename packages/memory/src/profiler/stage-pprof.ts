/** Profiles as pprof files: stages or lines as frames, own time and own bytes as values. */
import type { StageReport } from '../stage-report.ts';
import type { LineRow } from './line-recorder.ts';
import { pprofFile } from './pprof.ts';

/** The file's bytes. Net bytes below zero stand as they are: what a stage freed. */
export function stagePprof(report: StageReport): Uint8Array {
  const types = [
    { type: 'calls', unit: 'count' },
    { type: 'time', unit: 'nanoseconds' },
    { type: 'heap', unit: 'bytes' },
    { type: 'buffers', unit: 'bytes' },
    { type: 'rss', unit: 'bytes' },
  ];
  const samples = report.rows.map((row) => ({
    stack: row.path
      .split('/')
      .reverse()
      .map((name) => ({ name })),
    values: [row.calls, row.ownSeconds * 1e9, row.heapBytes, row.bufferBytes, row.rssBytes],
  }));
  return pprofFile(types, samples, report.seconds);
}

/** A file's lines, each a frame of its own. */
export function linePprof(file: string, rows: readonly LineRow[], seconds: number): Uint8Array {
  const types = [
    { type: 'calls', unit: 'count' },
    { type: 'heap', unit: 'bytes' },
    { type: 'buffers', unit: 'bytes' },
  ];
  const samples = rows.map(({ line, calls, heapBytes, bufferBytes }) => ({
    stack: [{ name: `line ${line}`, file, line }],
    values: [calls, heapBytes, bufferBytes],
  }));
  return pprofFile(types, samples, seconds);
}
