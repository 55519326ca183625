import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { linePprof, profilePage, type StageReport, stagePprof } from '@plateau/memory';
import { Command } from 'commander';
import { PlateauError } from '../errors.ts';
import {
  type ProfileReport,
  profileNotes,
  profileReport,
  profileText,
  type ReportOrder,
} from './profile-report.ts';
import { type ProgramEnd, runProfiled } from './profiled-program.ts';
import { refuseOwnInput } from './refuse-own-input.ts';
import { scriptFailure } from './script-failure.ts';
import { StopSignal } from './stop-signal.ts';
import { refuseUnwritable, writeReport, writeWhole } from './write-report.ts';

interface ProfileOptions {
  readonly lines?: string;
  readonly html?: string;
  readonly pprof?: string;
  readonly report?: string;
  readonly json?: boolean;
}

const examples = `
A script names its stages itself: import { stage } from 'plateau/memory'; using _ = stage('decode');

Examples:
  plateau profile work.ts                            memory by stage: those of the script and of plateau's pipeline
  plateau profile work.ts -- --input monday.mp4      arguments of the script follow the two dashes
  plateau profile --lines work.ts work.ts            bytes by line
  plateau profile --lines src/read.ts:readAll work.ts
  plateau profile --html profile.html --pprof profile.pb.gz work.ts
  plateau profile --json --report profile.json work.ts`;

export function profileCommand(): Command {
  return new Command('profile')
    .description('runs a script and tells its memory by stage and thread, or by line')
    .argument('<script>', 'TypeScript or JavaScript to run')
    .argument('[args...]', 'its arguments, after --')
    .option('--stages', 'memory by stage (the default)')
    .option('--lines <file[:function]>', 'bytes by line of this file, or of one function of it, instead')
    .option('--html <file>', 'page with a timeline and flame graphs to write')
    .option('--pprof <file>', 'file for go tool pprof, speedscope and the like to write')
    .option('--report <file.json>', 'report to write')
    .option('--json', "print the report as JSON; the script's own output goes to standard error")
    .addHelpText('after', examples)
    .action(profileAction);
}

async function profileAction(script: string, args: string[], options: ProfileOptions): Promise<void> {
  const order = { script, args, lines: options.lines === undefined ? undefined : linesOf(options.lines) };
  refuseAbsent('The script', script);
  const written = [
    ['--html', options.html],
    ['--pprof', options.pprof],
    ['--report', options.report],
  ] as const;
  refuseOwnInput([script, order.lines?.path], written);
  for (const [flag, path] of written) if (path !== undefined) refuseUnwritable(path, flag);
  using stop = new StopSignal();
  const end = await runProfiled({ ...order, quiet: options.json === true, signal: stop.signal });
  const stopped = stop.signal.aborted;
  const failure = stopped ? undefined : scriptFailure(script, end);
  tell(order, options, end, { stopped, failure });
  if (failure !== undefined) throw failure;
}

/** Prints and writes what was found, also of a script that failed. */
function tell(
  order: ReportOrder,
  options: ProfileOptions,
  { profile }: ProgramEnd,
  { stopped, failure }: { readonly stopped: boolean; readonly failure: PlateauError | undefined },
): void {
  if (profile === undefined) return;
  const report = profileReport(order, profile, { stopped, failure: failure?.message ?? null });
  const notes = profileNotes(report, order.lines);
  const source = report.lines === null ? undefined : readFileSync(report.lines.file, 'utf8');
  const text = profileText(report, notes, source);
  process.stdout.write(options.json === true ? `${JSON.stringify(report, null, 1)}\n` : `\n${text}`);
  // Last: a file that cannot be written does not take what was found along.
  if (options.report !== undefined) writeReport(options.report, report);
  if (options.html !== undefined)
    writeWhole(options.html, profilePage(basename(order.script), profile.stages, text), '--html');
  if (options.pprof !== undefined) writeWhole(options.pprof, pprofOf(report, profile.stages), '--pprof');
}

function pprofOf({ lines, seconds }: ProfileReport, stages: StageReport): Uint8Array {
  return lines === null ? stagePprof(stages) : linePprof(lines.file, lines.rows, seconds);
}

/** `FILE` or `FILE:function`; a file's own name may hold a colon. */
function linesOf(text: string): NonNullable<ReportOrder['lines']> {
  if (isFile(text)) return { path: resolve(text) };
  const colon = text.lastIndexOf(':');
  const path = colon > 0 ? text.slice(0, colon) : text;
  refuseAbsent('The file of --lines', path);
  return { path: resolve(path), functionName: text.slice(colon + 1) };
}

/** @throws PlateauError ERR_USAGE */
function refuseAbsent(what: string, path: string): void {
  if (!isFile(path))
    throw new PlateauError(
      'ERR_USAGE',
      `${what} ${path} does not exist; check the path, seen from this folder.`,
    );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
