/** A profile by stages as a pprof file: stages as frames, own time and own bytes as values. */
import type { StageReport } from '../stage-profiler.ts';
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
