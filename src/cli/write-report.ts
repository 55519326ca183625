import { writeFileSync } from 'node:fs';
import { PlateauError } from '../errors.ts';

/** @throws PlateauError ERR_OUTPUT_UNWRITABLE naming the path. */
export function writeReport(path: string, report: unknown): void {
  try {
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new PlateauError(
      'ERR_OUTPUT_UNWRITABLE',
      `The report cannot be written to ${path} (${why}); choose another --report.`,
      { cause: error },
    );
  }
}
