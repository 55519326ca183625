/** A script as a process of its own, profiled from its first line on: in all its threads, by Node's own `--import`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ProfileOrder,
  type ProgramProfile,
  profileVariable,
  programProfile,
  refusalFile,
  type ThreadRecord,
} from '@plateau/memory';
import { PlateauError } from '../errors.ts';

export interface ProgramOrder {
  readonly script: string;
  readonly args: readonly string[];
  readonly lines?: ProfileOrder['lines'];
  /** The script's standard output goes to standard error, since ours is wanted for the result. */
  readonly quiet: boolean;
  /** Ends the script as if its terminal had. */
  readonly signal: AbortSignal;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  /** `undefined` when the script ended before a second was over and without its exit having come to pass. */
  readonly profile: ProgramProfile | undefined;
}

/** How long a script may take to end by itself. */
const patienceMilliseconds = 5000;
/** What `bin/plateau.js` sets for plateau's own threads; the script shall run as it does without us. */
const ownFlags = /^--max-semi-space-size=/;

/** Runs it to its end. @throws PlateauError ERR_USAGE when the lines that are wanted cannot be told. */
export async function runProfiled(order: ProgramOrder): Promise<ProgramEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'plateau-profile-'));
  try {
    const child = start(order, folder);
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const stop = (): void => stopProgram(child);
    order.signal.addEventListener('abort', stop);
    const [code, killedBy] = await ended;
    order.signal.removeEventListener('abort', stop);
    const refusal = join(folder, refusalFile);
    if (existsSync(refusal)) throw new PlateauError('ERR_USAGE', `--lines: ${readFileSync(refusal, 'utf8')}`);
    return { code, killedBy, profile: programProfile(readRecords(folder)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start({ script, args, lines, quiet }: ProgramOrder, folder: string): ChildProcess {
  const asked: ProfileOrder = { folder, parentPid: process.pid, lines };
  const flags = process.execArgv.filter((flag) => !ownFlags.test(flag));
  const preload = import.meta.resolve('@plateau/memory/profile-thread');
  return spawn(process.execPath, [...flags, '--import', preload, script, ...args], {
    env: { ...process.env, [profileVariable]: JSON.stringify(asked) },
    stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'],
    // A group of its own: Ctrl-C in a terminal would reach it twice, and a second one ends many programs at once.
    detached: process.platform !== 'win32',
  });
}

function stopProgram(child: ChildProcess): void {
  sendToGroup(child, 'SIGINT');
  const impatience = setTimeout(() => sendToGroup(child, 'SIGKILL'), patienceMilliseconds);
  child.once('exit', () => clearTimeout(impatience));
}

/** As a terminal does: programs that the script has started would outlive it else. */
function sendToGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  const { pid, exitCode, signalCode } = child;
  // Once it has ended, its number may be another program's.
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  if (process.platform === 'win32') child.kill(signal);
  else process.kill(-pid, signal);
}

function readRecords(folder: string): ThreadRecord[] {
  return globSync('*.json', { cwd: folder }).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ThreadRecord,
  );
}
