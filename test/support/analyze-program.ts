/** `plateau analyze` on one source, its report checked. */
import { fileURLToPath } from 'node:url';
import { type FinishedRun, plateau, type RunOptions } from './plateau-program.ts';
import { analysisReport, type CheckedReport } from './report-schema.ts';

export const knownAnswer = fileURLToPath(new URL('../../models/known-answer.onnx', import.meta.url));

export interface Analysis {
  readonly run: FinishedRun;
  readonly report: CheckedReport;
}

/**
 * Analyses one source with `--json`.
 *
 * @throws Error where there is no report, with what the command said instead.
 */
export async function analyze(
  source: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Analysis> {
  const model = args.includes('--model') || args.includes('--config') ? [] : ['--model', knownAnswer];
  const run = await plateau(['analyze', source, '--json', ...model, ...args], options);
  if (run.stdout === '') throw new Error(`exit ${run.code ?? run.signal} without a report: ${run.stderr}`);
  return { run, report: analysisReport.parse(JSON.parse(run.stdout)) };
}

/** Coverage of a zone (the first by default) in each decided picture. */
export function coverages(report: CheckedReport, zone = report.zones[0].name): (number | null)[] {
  const found = report.zones.find(({ name }) => name === zone);
  if (found === undefined) throw new Error(`the report has no zone ${zone}`);
  return found.coverage.map(([, value]) => value);
}

/** Source times of the decided pictures. */
export function times(report: CheckedReport): number[] {
  return report.zones[0].coverage.map(([t]) => t);
}

/** Mean of the known values of a zone. */
export function meanCoverage(report: CheckedReport, zone?: string): number {
  const known = coverages(report, zone).filter((value) => value !== null);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
