/** Runs the line profiler in a process of its own, where nothing but Node loads modules. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LineProfile } from '../src/profiler/profile-lines.ts';

export async function runLineProfile(path: string): Promise<LineProfile> {
  const script = fileURLToPath(new URL('./threads/line-profile.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', script, path]);
  return JSON.parse(stdout) as LineProfile;
}
