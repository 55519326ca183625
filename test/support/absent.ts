/** The one rule for tests that need a program which may be absent: skipped with a sentence, a failure in CI. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What to install for each program, Debian's names. */
const packages = {
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
  chromium: 'chromium',
  npm: 'npm',
  povray: 'povray',
} as const;

export type Program = keyof typeof packages;

/** A sentence naming what to install, or `undefined` where all the programs are there. */
export function whatIsAbsent(programs: readonly Program[]): string | undefined {
  const absent = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  if (absent.length === 0) return undefined;
  const install = [...new Set(absent.map((program) => packages[program]))].join(' ');
  return `needs ${absent.join(' and ')}: apt-get install ${install}`;
}

/**
 * For `describe.skipIf`: whether tests are skipped for this reason. With PLATEAU_NO_SKIP=1 they run, and fail, instead.
 *
 * @param reason Why the tests cannot run here, or `undefined`; put it into the suite's title by `because`.
 */
export function skipFor(reason: string | undefined): boolean {
  return reason !== undefined && process.env.PLATEAU_NO_SKIP !== '1';
}

/** The reason as a part of a suite's title, empty where there is none. */
export function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (skipped: ${reason})`;
}

/** Debian's Chromium; Playwright brings no browser of its own here. */
export const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
