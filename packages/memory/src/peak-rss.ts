/** The highest RSS since a moment. One of the files that ask the operating system. */
import { readFileSync, writeFileSync } from 'node:fs';

/** @returns False where the system keeps one peak for the whole life of a process: everywhere but on Linux. */
export function resetPeakRss(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch (error) {
    // A container may mount /proc read-only: then the peak is that of the whole life.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/**
 * The highest RSS since the last reset, or since the start of the process. Not `maxRSS` where it can be had otherwise: Linux
 * hands it on to the programs that a process starts, so that a small one begins with the peak of a large one.
 */
export function peakRssBytes(): number {
  if (process.platform === 'linux') {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
