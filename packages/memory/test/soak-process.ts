/** A flat pipeline of the core's parts in a process of its own, with a leak planted or not. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GateVerdict, LeakPlace } from '../src/index.ts';

/** Runs `threads/soak-line.ts`. */
export async function runSoak(leak: LeakPlace | 'none', frames: number, bytes: number): Promise<GateVerdict> {
  const path = fileURLToPath(new URL('./threads/soak-line.ts', import.meta.url));
  const args = ['--conditions=source', path, leak, String(frames), String(bytes)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as GateVerdict;
}
