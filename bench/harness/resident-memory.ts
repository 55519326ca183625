/** Resident memory of a process as Linux tells it. Bytes. */
import { readFileSync } from 'node:fs';

export interface ResidentMemory {
  readonly rss: number;
  /** Pages without a file behind them: heaps, stacks, relocated tables. */
  readonly anonymous: number;
  /** Pages of files, program text above all; shared with every process that maps the same files. */
  readonly filePages: number;
  /** Each shared page divided by the processes that share it. */
  readonly pss: number;
  /** Highest RSS so far. */
  readonly peakRss: number;
}

/** @returns `undefined` once the process is gone. */
export function residentMemory(pid: number | 'self'): ResidentMemory | undefined {
  const rollup = readProcessFile(pid, 'smaps_rollup');
  const status = readProcessFile(pid, 'status');
  if (rollup === undefined || status === undefined) return undefined;
  const rss = kilobytes(rollup, 'Rss');
  const anonymous = kilobytes(rollup, 'Anonymous');
  return {
    rss,
    anonymous,
    filePages: rss - anonymous,
    pss: kilobytes(rollup, 'Pss'),
    peakRss: kilobytes(status, 'VmHWM'),
  };
}

/** Highest RSS so far, the cheap question. @returns `undefined` once the process is gone. */
export function peakRss(pid: number): number | undefined {
  const status = readProcessFile(pid, 'status');
  return status?.includes('VmHWM') === true ? kilobytes(status, 'VmHWM') : undefined;
}

/** CPU seconds of all children that have ended and been waited for; in steps of 10 ms. */
export function endedChildrenCpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The name in parentheses may hold anything; fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksPerSecond = 100;
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

function readProcessFile(pid: number | 'self', name: string): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/${name}`, 'utf8');
    return text === '' ? undefined : text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

function kilobytes(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}
