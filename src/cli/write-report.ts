import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PlateauError } from '../errors.ts';

/**
 * Says before a long run that its report could not be written.
 *
 * @throws PlateauError ERR_OUTPUT_UNWRITABLE naming the path.
 */
export function refuseUnwritable(path: string, flag = '--report'): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw unwritable(path, flag, 'it is a folder');
  try {
    accessSync(stats === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, flag, reason(error), error);
  }
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
  // A pipe or a device, such as /dev/stdout, has no name to be taken.
  const isPlain = statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
  const growing = isPlain ? `${path}.partial` : path;
  try {
    writeFileSync(growing, content);
    if (isPlain) renameSync(growing, path);
  } catch (error) {
    if (isPlain) rmSync(growing, { force: true });
    throw unwritable(path, flag, reason(error), error);
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such folder',
    ENOSPC: 'the disk is full',
    EACCES: 'its rights forbid it',
    EROFS: 'the disk is read-only',
  };
  return known[code] ?? code;
}

function unwritable(path: string, flag: string, why: string, cause?: unknown): PlateauError {
  return new PlateauError(
    'ERR_OUTPUT_UNWRITABLE',
    `The ${flag.slice(2)} file cannot be written to ${path} (${why}); choose another ${flag}.`,
    { cause },
  );
}
