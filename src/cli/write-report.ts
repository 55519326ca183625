import { accessSync, constants, lstatSync, type Stats, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PlateauError } from '../errors.ts';
import { behindLinks, PartialFile, whyUnwritable } from '../partial-file.ts';

/**
 * Says before a long run that its report could not be written.
 *
 * @throws PlateauError ERR_OUTPUT_UNWRITABLE naming the path.
 */
export function refuseUnwritable(path: string, flag = '--report'): void {
  let stats: Stats | undefined;
  try {
    const target = behindLinks(path);
    stats = lstatSync(target, { throwIfNoEntry: false });
    if (stats !== undefined) accessSync(target, constants.W_OK);
    // It grows beside its place.
    if (hasName(stats)) accessSync(dirname(target), constants.W_OK);
  } catch (error) {
    throw unwritable(path, flag, whyUnwritable(error), error);
  }
  if (stats?.isDirectory()) throw unwritable(path, flag, 'it is a folder');
}

/**
 * Writes a report beside its place and then gives it its name, so that there is a whole one or none.
 *
 * @throws PlateauError ERR_OUTPUT_UNWRITABLE naming the path.
 */
export function writeReport(path: string, report: unknown): void {
  writeWhole(path, `${JSON.stringify(report, null, 1)}\n`, '--report');
}

/**
 * Writes what is no report in the same way.
 *
 * @param flag That named the path.
 * @throws PlateauError ERR_OUTPUT_UNWRITABLE naming the path.
 */
export function writeWhole(path: string, content: string | Uint8Array, flag: string): void {
  try {
    const target = behindLinks(path);
    if (hasName(lstatSync(target, { throwIfNoEntry: false }))) {
      using partial = PartialFile.create(target);
      writeFileSync(partial.path, content);
      partial.complete();
    } else writeFileSync(target, content, { flag: 'a' });
  } catch (error) {
    throw unwritable(path, flag, whyUnwritable(error), error);
  }
}

/** A pipe, a device or an open file (`/dev/stdout`) has no name that could be taken. */
function hasName(stats: Stats | undefined): boolean {
  return stats?.isFile() ?? true;
}

function unwritable(path: string, flag: string, why: string, cause?: unknown): PlateauError {
  return new PlateauError(
    'ERR_OUTPUT_UNWRITABLE',
    `The ${flag.slice(2)} file cannot be written to ${path} (${why}); choose another ${flag}.`,
    { cause },
  );
}
