import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PlateauError } from '../errors.ts';

/**
 * Says before a long run that its report could not be written.
 *
 * @throws PlateauError ERR_OUTPUT_UNWRITABLE naming the path.
 */
export function refuseUnwritable(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw unwritable(path, 'it is a folder');
  try {
    accessSync(stats === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, reason(error), error);
  }
}

/**
 * Writes a report beside its place and then gives it its name, so that there is a whole one or none.
 *
 * @throws PlateauError ERR_OUTPUT_UNWRITABLE naming the path.
 */
export function writeReport(path: string, report: unknown): void {
  const text = `${JSON.stringify(report, null, 1)}\n`;
  // A pipe or a device, such as /dev/stdout, has no name to be taken.
  const isPlain = statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
  const growing = isPlain ? `${path}.partial` : path;
  try {
    writeFileSync(growing, text);
    if (isPlain) renameSync(growing, path);
  } catch (error) {
    if (isPlain) rmSync(growing, { force: true });
    throw unwritable(path, reason(error), error);
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

function unwritable(path: string, why: string, cause?: unknown): PlateauError {
  return new PlateauError(
    'ERR_OUTPUT_UNWRITABLE',
    `The report cannot be written to ${path} (${why}); choose another --report.`,
    { cause },
  );
}
