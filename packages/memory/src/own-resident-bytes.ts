/**
 * Resident memory that this process made itself. One of the files that ask the operating system.
 *
 * RSS counts pages of files as well: program text and libraries, half of a small process. The kernel takes such pages
 * away when they are idle and brings them back when they are touched, tens of megabytes at a moment of its own choosing
 * (a level that fell by 80 MB in the middle of a run was seen). No leak can lie in them, so a gate looks at the rest:
 * heaps, stacks, buffers and shared memory, in whatever native library they were made.
 */
import { readFileSync } from 'node:fs';

/** @param status Text of /proc/self/status; tests pass their own. @returns NaN where it cannot be read: a gate must fail then. */
export function ownResidentBytes(status: () => string = readStatus): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  const text = status();
  return kilobytes(text, 'RssAnon') + kilobytes(text, 'RssShmem');
}

function readStatus(): string {
  return readFileSync('/proc/self/status', 'latin1');
}

function kilobytes(status: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status);
  return found === null ? Number.NaN : Number(found[1]) * 1024;
}
