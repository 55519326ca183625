import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlateauError } from '../errors.ts';
import type { ProgramEnd } from './profiled-program.ts';

/** What went wrong with a script, in one sentence with its place; `undefined` where it ended well. Its stack is the script's. */
export function scriptFailure(
  script: string,
  { code, killedBy, profile }: ProgramEnd,
): PlateauError | undefined {
  const thrown = profile?.failure ?? null;
  if (thrown !== null) {
    const place = placeIn(thrown.stack);
    const message = thrown.message
      .trim()
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\.$/, '');
    const failure = new PlateauError(
      'ERR_SCRIPT_FAILED',
      `${script} failed: ${message}${place === undefined ? '' : ` (${place})`}; correct it and run it again, or see its stack with --debug.`,
    );
    if (thrown.stack !== null) failure.stack = thrown.stack;
    return failure;
  }
  if (killedBy !== null || isOutOfMemory(code)) {
    const why =
      killedBy === 'SIGABRT' || killedBy === 'SIGKILL' || killedBy === null
        ? ', as happens without memory'
        : '';
    return new PlateauError(
      'ERR_SCRIPT_FAILED',
      `${script} was ended by ${killedBy ?? 'Node'}${why}; ${whatIsLeft(profile)}.`,
    );
  }
  if (code === 0) return undefined;
  return new PlateauError(
    'ERR_SCRIPT_FAILED',
    `${script} ended with exit code ${code}; check its arguments, and run it with node to see what it says.`,
  );
}

function whatIsLeft(profile: ProgramEnd['profile']): string {
  return profile === undefined
    ? 'there is no profile, since nothing of it had been written down by then: correct it and run it again'
    : 'the profile holds what was measured until some seconds before';
}

/** Node ends with this where V8 has aborted and a shell or a container stood in between. */
function isOutOfMemory(code: number | null): boolean {
  return code === 134;
}

/** The first place of a stack that is not Node's own: `src/work.ts:12`. */
function placeIn(stack: string | null): string | undefined {
  for (const line of stack?.split('\n').filter((text) => !text.includes('node:')) ?? []) {
    const found =
      /(?<file>file:\/\/\/[^\s()]+?|\/[^\s():]+|[A-Za-z]:\\[^\s():]+):(?<line>\d+)(?::\d+)?\)?$/.exec(line);
    const file = found?.groups?.file;
    if (file === undefined) continue;
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    const near = relative('.', path);
    return `${near.startsWith('..') ? basename(path) : near}:${found?.groups?.line}`;
  }
  return undefined;
}
