/**
 * Lets the program go on when whoever read its output has gone (`plateau start | head`): a monitor must not end because
 * nobody reads its log any more.
 */
export function surviveClosedPipe(
  streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
