/** The result of `plateau profile`: as data, and as text for a terminal. */
import {
  type CallProfile,
  functionTable,
  lineTable,
  megabytes,
  type ProgramProfile,
  type StageReport,
  stageTable,
} from '@plateau/memory';
import { maskSecrets } from '../mask-secrets.ts';

export interface ProfileReport {
  readonly schema: 'plateau.profile/1';
  readonly script: string;
  readonly args: readonly string[];
  readonly seconds: number;
  /** Why the script did not end by itself and well; `null` where it did. */
  readonly failure: string | null;
  /** It was stopped from outside: the profile covers what had run by then. */
  readonly stopped: boolean;
  /** Share of the run that the readings took, 0..1. */
  readonly measuringShare: number;
  /** The whole call of the main thread, with the process's RSS; `null` where the script was killed. */
  readonly call: CallProfile | null;
  readonly stages: StageReport['rows'];
  readonly overlaps: number;
  /** Threads of which nothing is in here, since they have left no record. */
  readonly unseenThreads: number;
  readonly timeline: StageReport['timeline'];
  /** What V8 made by function, garbage included, sampled. */
  readonly functions: ProgramProfile['functions'];
  readonly lines: LinesReport | null;
}

export interface LinesReport {
  readonly file: string;
  readonly function: string | null;
  /** How many times as long the run took, because of the probes. */
  readonly slowDown: number;
  readonly rows: NonNullable<ProgramProfile['lines']>['rows'];
}

export interface ReportOrder {
  readonly script: string;
  readonly args: readonly string[];
  readonly lines: { readonly path: string; readonly functionName?: string | undefined } | undefined;
}

export function profileReport(
  { script, args, lines }: ReportOrder,
  { call, stages, functions, lines: found, unseenThreads }: ProgramProfile,
  { failure, stopped }: Pick<ProfileReport, 'failure' | 'stopped'>,
): ProfileReport {
  const seconds = call?.seconds ?? stages.seconds;
  return {
    schema: 'plateau.profile/1',
    script: maskSecrets(script),
    args: args.map(maskSecrets),
    seconds,
    failure: failure === null ? null : maskSecrets(failure),
    stopped,
    measuringShare: share(stages.measuringSeconds, seconds),
    call,
    stages: stages.rows,
    overlaps: stages.overlaps,
    unseenThreads,
    timeline: stages.timeline,
    functions,
    lines:
      lines === undefined || found === null || !found.wasLoaded
        ? null
        : {
            file: lines.path,
            function: lines.functionName ?? null,
            slowDown: 1 / (1 - Math.min(0.999, share(found.probeSeconds, seconds))),
            rows: found.rows,
          },
  };
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** What has to be said beside the tables, a sentence each. */
export function profileNotes(report: ProfileReport, asked: ReportOrder['lines']): string[] {
  const { call, seconds, stopped, overlaps, measuringShare, lines } = report;
  const notes = [`ran ${seconds.toFixed(1)} s${stopped ? ', then was stopped' : ''}`];
  if (call !== null) {
    const peak = call.isPeakOfThisCall ? 'peak of RSS' : 'peak of RSS since the process began';
    notes.push(
      `${peak} ${megabytes(call.peakRssBytes)}, ${megabytes(call.rssBeforeBytes)} before it`,
      `V8 made ${megabytes(call.allocatedHeapBytes)} and kept ${megabytes(call.retainedHeapBytes)}; buffers kept ${megabytes(call.retainedBufferBytes)}; ${call.collections} collections, ${call.fullCollections} of them full (main thread)`,
    );
  }
  if (lines !== null)
    notes.push(
      `because of the probes it ran about ${lines.slowDown.toFixed(1)} times as long as without them`,
    );
  else if (asked !== undefined) notes.push(`${asked.path} was not imported, so there are no lines of it`);
  else notes.push(`readings took ${(measuringShare * 100).toFixed(1)} % of the run`);
  if (report.stages.some(({ calls, measuredCalls }) => measuredCalls < calls))
    notes.push(
      'to keep that small, only as many calls were measured as stand in brackets; the bytes of the others count for the stage around them',
    );
  if (report.unseenThreads > 0)
    notes.push(
      `of ${report.unseenThreads === 1 ? '1 thread' : `${report.unseenThreads} threads`} there is nothing here but their part of RSS: code that is given as text (eval: true) cannot be profiled, put it into a file; nor can a thread that ended at once`,
    );
  if (overlaps > 0)
    notes.push(`${overlaps} stages overlapped in time: each byte counts for the one that began last`);
  return notes;
}

/** Tables and notes for a terminal. @param source Text of the file whose lines are shown. */
export function profileText(
  report: ProfileReport,
  notes: readonly string[],
  source: string | undefined,
): string {
  const table =
    report.lines === null
      ? `${stageTable({ rows: report.stages })}\n\n${functionTable(report.functions)}`
      : lineTable(report.lines, source ?? '');
  return `${report.script}: ${notes.join('\n  ')}\n\n${table}\n`;
}
