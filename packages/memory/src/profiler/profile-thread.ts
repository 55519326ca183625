/**
 * Loaded ahead of a program (`node --import`), into each of its threads: profiles the thread and writes its record, each
 * second and at its end. `plateau profile` starts programs so.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LineRecording } from './line-recording.ts';
import { type ProfileOrder, profileVariable, refusalFile } from './thread-record.ts';
import { ThreadRecorder } from './thread-recorder.ts';

const text = process.env[profileVariable];
const order = text === undefined ? undefined : (JSON.parse(text) as ProfileOrder);
if (order !== undefined && process.ppid === order.parentPid) {
  ThreadRecorder.start(order, await linesOf(order));
}

async function linesOf({ lines, folder }: ProfileOrder): Promise<LineRecording | undefined> {
  if (lines === undefined) return undefined;
  try {
    // Loaded where they are wanted only: all of this runs in each thread of the program.
    const { loadParser } = await import('../ownership/load-parser.ts');
    const { LineRecording } = await import('./line-recording.ts');
    const parse = await loadParser();
    if (parse === undefined)
      throw new TypeError(
        'Memory by line needs the package oxc-parser, which is not installed; npm install oxc-parser brings it.',
      );
    return new LineRecording({ ...lines, parse });
  } catch (error) {
    // Whoever ordered it hears of it; the program has not begun yet.
    writeFileSync(join(folder, refusalFile), error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
