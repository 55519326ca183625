/** Runs a script with one file of it instrumented: memory by line. Needs oxc-parser, passed in as `parse`. */
import { monotonicSeconds } from '../clock.ts';
import { signedBytes, table } from '../profile-table.ts';
import type { LineRow } from './line-recorder.ts';
import { LineRecording, type LineRecordingOptions } from './line-recording.ts';

export interface LineProfile {
  /** The file whose lines these are. */
  readonly path: string;
  readonly rows: readonly LineRow[];
  /** With the probes in it. */
  readonly seconds: number;
  /** What of that the probes took. */
  readonly probeSeconds: number;
}

export interface LineProfileOptions extends LineRecordingOptions {
  /** What is to be measured: imports the script, and waits until it is done. */
  readonly run: () => Promise<unknown>;
}

/** The file must not have been imported before in this process: it would run without probes. */
export async function profileLines(options: LineProfileOptions): Promise<LineProfile> {
  const recording = new LineRecording(options);
  const started = monotonicSeconds();
  try {
    await options.run();
  } finally {
    recording[Symbol.dispose]();
  }
  const { probeSeconds } = recording;
  return { path: options.path, rows: recording.rows(), seconds: monotonicSeconds() - started, probeSeconds };
}

/** A table of the lines that made or freed something, with their source. */
export function lineTable(profile: Pick<LineProfile, 'rows'>, source: string): string {
  const lines = source.split('\n');
  const rows = profile.rows.filter((row) => Math.abs(row.heapBytes) >= 1000 || row.bufferBytes !== 0);
  return table(
    ['source', 'line', 'calls', 'heap', 'buffers'],
    rows.map(({ line, calls, heapBytes, bufferBytes }) => [
      (lines[line - 1] ?? '').trim().slice(0, 60),
      String(line),
      String(calls),
      signedBytes(heapBytes),
      signedBytes(bufferBytes),
    ]),
  );
}
