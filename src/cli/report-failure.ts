import { PlateauError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';

/**
 * Prints an error as one sentence on standard error.
 *
 * @returns The exit code that belongs to it; 70 for anything that is a defect of ours.
 */
export function reportFailure(error: unknown, debug: boolean): number {
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof PlateauError && error.exitCode !== 70;
  const sentence = known
    ? message
    : `This is a defect of plateau (${message}); please report it with the output of --debug.`;
  process.stderr.write(`plateau: ${maskSecrets(sentence)}\n`);
  if (debug && error instanceof Error && error.stack !== undefined)
    process.stderr.write(`${maskSecrets(error.stack)}\n`);
  return error instanceof PlateauError ? error.exitCode : 70;
}
