import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlateauError } from '../errors.ts';

/** A flag that names a file to be written, and that file. */
export type WrittenFile = readonly [flag: string, path: string | undefined];

/**
 * A result must not take the place of what it is made from, nor of another result.
 *
 * @throws PlateauError ERR_USAGE naming the flag and the file.
 */
export function refuseOwnInput(
  inputs: readonly (string | undefined)[],
  written: readonly WrittenFile[],
): void {
  const taken = new Set(inputs.filter((path) => path !== undefined).map(identity));
  for (const [flag, path] of written) {
    if (path === undefined) continue;
    if (taken.has(identity(path))) {
      throw new PlateauError(
        'ERR_USAGE',
        `${flag} ${path} would overwrite a file that this command reads or writes already; choose another name.`,
      );
    }
    taken.add(identity(path));
  }
}

/** The same for all names of one file, links included. */
function identity(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? `${stats.dev}:${stats.ino}` : resolve(path);
}
