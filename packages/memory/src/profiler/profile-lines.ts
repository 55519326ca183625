/** Runs a script with one file of it instrumented: memory by line. Needs oxc-parser, passed in as `parse`. */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { monotonicSeconds } from '../clock.ts';
import type { Parser } from '../ownership/check-ownership.ts';
import { signedBytes, table } from '../profile-table.ts';
import { probeLines } from './line-probes.ts';
import { LineRecorder, type LineRow } from './line-recorder.ts';

export interface LineProfile {
  /** The file whose lines these are. */
  readonly path: string;
  readonly rows: readonly LineRow[];
  /** With the probes in it. What they cost is told by a run without them. */
  readonly seconds: number;
}

export interface LineProfileOptions {
  /** The file to instrument: the script itself, or one that it imports. */
  readonly path: string;
  /** Only this function of it. */
  readonly functionName?: string | undefined;
  readonly parse: Parser;
  /** What is to be measured: imports the script, and waits until it is done. */
  readonly run: () => Promise<unknown>;
}

/** The file must not have been imported before in this process: it would run without probes. */
export async function profileLines(options: LineProfileOptions): Promise<LineProfile> {
  const { path, functionName, parse, run } = options;
  const url = pathToFileURL(path).href;
  const hooks = registerHooks({
    load(wanted, context, nextLoad) {
      if (wanted.split('?')[0] !== url) return nextLoad(wanted, context);
      const { source, ...rest } = nextLoad(wanted, context);
      const text = typeof source === 'string' ? source : new TextDecoder().decode(source as ArrayBuffer);
      return { ...rest, source: probeLines(text, parse(path, text), functionName) };
    },
  });
  const recorder = LineRecorder.install();
  const started = monotonicSeconds();
  try {
    await run();
  } finally {
    recorder[Symbol.dispose]();
    hooks.deregister();
  }
  return { path, rows: recorder.rows(), seconds: monotonicSeconds() - started };
}

/** A table of the lines that made or freed something, with their source. */
export function lineTable(profile: LineProfile, source: string): string {
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
