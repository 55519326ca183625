import type { AnalysisReport } from '../runtime/analysis-report.ts';
import { coveragePlot } from './coverage-plot.ts';

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** What a person wants to know of an analysed recording, as lines for a terminal. */
export function analysisSummary(report: AnalysisReport, terminalWidth: number): string[] {
  const { frames, seconds, memory, zones } = report;
  const rate = frames.inferred / Math.max(seconds.wall, 1e-6);
  const lines = [
    `${report.source}: ${seconds.video.toFixed(1)} s of video in ${seconds.wall.toFixed(1)} s (${rate.toFixed(0)} pictures/s, ${report.device})`,
    `  ${frames.decoded} pictures decoded, ${frames.inferred} decided${frames.damaged > 0 ? `, ${frames.damaged} damaged` : ''}; memory ${megabytes(memory.endRssBytes)}, peak ${megabytes(memory.peakRssBytes)}, ${memory.liveResources} resources unreleased`,
  ];
  for (const warning of report.warnings) lines.push(`  note: ${warning}`);
  for (const zone of zones) lines.push('', ...zoneLines(zone, terminalWidth));
  return lines;
}

function zoneLines(zone: AnalysisReport['zones'][number], terminalWidth: number): string[] {
  const known = zone.coverage.map(([, value]) => value).filter((value) => value !== null);
  const unknown = zone.coverage.length - known.length;
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(known.length, 1);
  const range =
    known.length === 0
      ? 'unknown throughout'
      : `coverage ${percent(minimum(known))} to ${percent(maximum(known))}, mean ${percent(mean)}`;
  const width = Math.max(20, Math.min(100, terminalWidth - 9));
  return [
    `  zone ${zone.name}: ${range}${unknown > 0 ? `, ${unknown} pictures unknown` : ''}`,
    ...coveragePlot(zone.coverage, zone.events, { width, rows: 5 }).map((line) => `  ${line}`),
    ...(zone.events.length === 0
      ? ['  no blockage']
      : zone.events.map(
          (event) =>
            `  ${event.type === 'blocked' ? '▲ blocked' : '▼ cleared'} at ${event.t.toFixed(1)} s, coverage ${percent(event.coverage)}`,
        )),
  ];
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(0)} %`;
const minimum = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), 1);
const maximum = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), 0);
