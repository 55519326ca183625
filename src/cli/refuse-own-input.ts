import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlateauError } from '../errors.ts';
import { behindLinks } from '../partial-file.ts';
import { pictureNames } from '../vision/video/picture-folder.ts';

/** A flag that names a file to be written, and that file. */
export type WrittenFile = readonly [flag: string, path: string | undefined];

/**
 * A result must not take the place of what it is made from, nor of another result.
 *
 * @param inputs Files, folders of pictures and addresses.
 * @throws PlateauError ERR_USAGE naming the flag and the file.
 */
export function refuseOwnInput(
  inputs: readonly (string | undefined)[],
  written: readonly WrittenFile[],
): void {
  if (written.every(([, path]) => path === undefined)) return;
  const read = inputs.filter((input) => input !== undefined).map(localPath);
  const taken = new Set(read.flatMap((path) => [path, ...picturesIn(path)]).map(identity));
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

/** The path of a `file:` address; an address of another kind is the path of nothing. */
function localPath(input: string): string {
  const trimmed = input.trim();
  return /^file:\/\/\//i.test(trimmed) ? fileURLToPath(trimmed) : input;
}

function picturesIn(path: string): string[] {
  return statOf(path)?.isDirectory() ? pictureNames(path).map((name) => join(path, name)) : [];
}

/** The same for all names of one file, links included, and also before it is there. */
function identity(path: string): string {
  const stats = statOf(path);
  if (stats?.isFile()) return `${stats.dev}:${stats.ino}`;
  if (stats !== undefined) return resolve(path);
  const target = behindLinks(path);
  const folder = dirname(target);
  return statOf(folder)?.isDirectory() ? join(realpathSync(folder), basename(target)) : resolve(target);
}

/** What cannot be looked at is not taken for anything; whoever opens it says why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
