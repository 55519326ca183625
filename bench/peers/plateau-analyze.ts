/** `plateau analyze` as users start it, measured from outside. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnalysisReport } from '../../src/runtime/analysis-report.ts';
import { measureProcess, type ProcessOrder } from '../harness/measured-process.ts';
import type { PeerRun } from './python-peers.ts';

const program = fileURLToPath(new URL('../../bin/plateau.js', import.meta.url));

interface AnalyzeOrder extends Pick<ProcessOrder, 'environment' | 'onMemory'> {
  /** Ahead of the program, for experiments. */
  readonly nodeFlags?: readonly string[];
  /** After clip and model. */
  readonly args?: readonly string[];
}

export interface AnalyzeRun extends PeerRun {
  /** Coverage of the first zone, unknown as `null`. */
  readonly series: readonly (readonly [seconds: number, coverage: number | null])[];
}

/** CPU counts the whole process, its start included. */
export async function runAnalyze(clip: string, model: string, rest: AnalyzeOrder = {}): Promise<AnalyzeRun> {
  const { nodeFlags = [], args = [], ...order } = rest;
  const folder = mkdtempSync(join(tmpdir(), 'plateau-bench-report-'));
  try {
    const file = join(folder, 'report.json');
    const { cpuSeconds, peakRssBytes } = await measureProcess({
      command: process.execPath,
      args: [...nodeFlags, program, 'analyze', clip, '--model', model, '--report', file, ...args],
      ...order,
    });
    const { frames, seconds, zones } = JSON.parse(readFileSync(file, 'utf8')) as AnalysisReport;
    const values = zones[0].coverage.map(([, value]) => value ?? 0);
    return {
      framesPerSecond: frames.inferred / seconds.wall,
      cpuMillisecondsPerFrame: (cpuSeconds / frames.inferred) * 1000,
      peakRssBytes,
      coverage: values.reduce((sum, value) => sum + value, 0) / values.length,
      series: zones[0].coverage,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
