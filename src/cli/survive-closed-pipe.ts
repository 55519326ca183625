/** What a sentence on standard error and an exit code of 3 stand for: the result could not be told where it was wanted. */
const unwritableCode = 3;

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
      process.exitCode = unwritableCode;
      if (stream !== process.stdout) return;
      process.stderr.write(
        `plateau: Standard output cannot be written (${error.code ?? error.message}); make room where it goes, or send it elsewhere.\n`,
      );
    });
  }
}
