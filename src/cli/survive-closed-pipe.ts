import { PlateauError } from '../errors.ts';
import { reportFailure } from './report-failure.ts';

/**
 * Lets the program go on when its output can no longer be written: a monitor must not end because nobody reads its log
 * any more (`plateau start | head`), or because the disk with it is full. Of a full disk it is told once, and the exit
 * code says so.
 */
export function surviveClosedPipe(
  streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): void {
  for (const stream of streams) {
    let isTold = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || isTold) return;
      isTold = true;
      const name = stream === process.stdout ? 'output' : 'error';
      const why = error.code ?? error.message;
      const sentence = `Standard ${name} cannot be written (${why}); make room where it goes, or send it elsewhere.`;
      process.exitCode = reportFailure(new PlateauError('ERR_OUTPUT_UNWRITABLE', sentence), false);
    });
  }
}
