/** Who takes part: each runs one clip through one model, with one inference thread. */
import { runDecodeAlone, runModelAlone } from './bare-parts.ts';
import { runAnalyze } from './plateau-analyze.ts';
import { mustImport, opencvPython, type PeerRun, runPythonPeer } from './python-peers.ts';

export const ours = 'plateau analyze';
export const frameSizeMasks = 'Ultralytics stream, frame-size masks';

export interface Course {
  readonly clip: string;
  readonly frames: number;
  readonly model: string;
  /** Side of the model's input, pixels. */
  readonly input: number;
}

type OnMemory = Parameters<typeof runPythonPeer>[5];
export type Contender = (course: Course, onMemory?: OnMemory) => Promise<PeerRun>;

/** Whole lines by name. @param ultralyticsPython An interpreter that can import it, or `undefined`. */
export function wholeLines(ultralyticsPython: string | undefined): Record<string, Contender> {
  const python = opencvPython();
  const peer =
    (interpreter: string, script: string, args: readonly string[] = []): Contender =>
    ({ clip, model }, onMemory) =>
      runPythonPeer(interpreter, script, clip, model, args, onMemory);
  const lines: Record<string, Contender> = {
    [ours]: ({ clip, model }, onMemory) =>
      runAnalyze(clip, model, { args: ['--threads', '1'], ...(onMemory && { onMemory }) }),
    'OpenCV + ORT + numpy': peer(python, 'opencv_loop.py'),
    'the same + supervision PolygonZone, frame-size masks': peer(python, 'supervision_zone.py'),
  };
  if (ultralyticsPython === undefined) return lines;
  mustImport(ultralyticsPython, 'ultralytics');
  lines['Ultralytics stream'] = peer(ultralyticsPython, 'ultralytics_stream.py');
  lines[frameSizeMasks] = peer(ultralyticsPython, 'ultralytics_stream.py', ['--frame-size']);
  return lines;
}

/** The parts alone, which bound every line. */
export const bareParts: Readonly<Record<string, Contender>> = {
  'ffmpeg program, decoding alone': ({ clip, frames }) => runDecodeAlone(clip, frames),
  'session.run alone': ({ model, input, frames }) => runModelAlone(model, input, frames),
};
