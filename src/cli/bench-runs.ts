/** The contenders of `plateau bench`: each a run of a program over one clip, one after the other. */
import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { PlateauError } from '../errors.ts';
import type { AnalysisReport } from '../runtime/analysis-report.ts';
import type { BenchResult } from './bench-report.ts';
import { shippedFile } from './shipped-files.ts';

/** One run's figures. */
export interface BenchRun {
  readonly framesPerSecond: number;
  readonly latencyMilliseconds: number | null;
  readonly peakRssBytes: number | null;
}

export interface Contender {
  readonly name: BenchResult['name'];
  readonly title: string;
  /** @throws PlateauError ERR_NO_VERDICT when it was stopped. */
  run(): Promise<BenchRun>;
}

export interface BenchOrder {
  readonly clip: string;
  readonly model: string;
  readonly threads: number;
  readonly python: string;
  /** Ends the run in hand, and with it the bench. */
  readonly signal: AbortSignal;
}

const longestRunMilliseconds = 180_000;

/** This command's own `analyze`, in a process of its own, as users start it. */
export function plateauContender({ clip, model, threads, signal }: BenchOrder): Contender {
  return {
    name: 'plateau',
    title: 'plateau analyze',
    run: async () => {
      const program = process.argv[1];
      const args = [program, 'analyze', clip, '--model', model, '--threads', String(threads), '--json'];
      const ended = await runProgram(process.execPath, [...process.execArgv, ...args], signal);
      // What is wrong with clip or model has been said by the command itself, in its own sentence.
      if (ended.status !== 0)
        throw new PlateauError(
          'ERR_SOURCE_FORMAT',
          `The clip could not be analysed: ${ended.stderr.trim().replace(/^plateau: /, '')}`,
        );
      const { frames, seconds, memory } = JSON.parse(ended.stdout) as AnalysisReport;
      const busy = seconds.decode + seconds.inference + seconds.postprocess;
      return {
        framesPerSecond: frames.inferred / seconds.wall,
        latencyMilliseconds: (busy / frames.inferred) * 1000,
        peakRssBytes: memory.peakRssBytes,
      };
    },
  };
}

/** The usual Python pipeline. @returns Why it cannot be run here, as a sentence. */
export async function opencvContender(order: BenchOrder): Promise<Contender | string> {
  const { clip, model, threads, python, signal } = order;
  const script = shippedFile('bench/peers/opencv_loop.py');
  if (!existsSync(script))
    return 'The Python peer comes with the repository and is not in this installation.';
  const probe = await runProgram(python, ['-c', 'import cv2, onnxruntime, numpy'], signal);
  if (probe.status !== 0)
    return `${python} has no OpenCV, onnxruntime and numpy; name one that has with --python.`;
  return {
    name: 'opencv',
    title: 'OpenCV + onnxruntime + numpy',
    run: async () => {
      const ended = await runProgram(python, [script, clip, model, '--threads', String(threads)], signal);
      if (ended.status !== 0)
        throw new PlateauError('ERR_INTERNAL', `The Python peer failed: ${ended.stderr.trim().slice(-300)}`);
      const answer = JSON.parse(ended.stdout) as { frames: number; seconds: number; peakRssBytes: number };
      return {
        framesPerSecond: answer.frames / answer.seconds,
        latencyMilliseconds: (answer.seconds / answer.frames) * 1000,
        peakRssBytes: answer.peakRssBytes,
      };
    },
  };
}

/** The ffmpeg program: decoding alone, which nobody can be faster than. @returns Why it cannot be run here. */
export async function ffmpegContender({ clip, signal }: BenchOrder): Promise<Contender | string> {
  if ((await runProgram('ffmpeg', ['-version'], signal)).status !== 0)
    return 'There is no ffmpeg program here.';
  return {
    name: 'ffmpeg',
    title: 'ffmpeg program, decoding alone',
    run: async () => {
      const args = ['-hide_banner', '-nostdin', '-benchmark', '-threads', '1', '-i', clip, '-f', 'null', '-'];
      const { stderr } = await runProgram('ffmpeg', args, signal);
      const frames = Number(/frame=\s*(\d+)(?![\s\S]*frame=)/.exec(stderr)?.[1]);
      const seconds = Number(/rtime=([\d.]+)s/.exec(stderr)?.[1]);
      const kilobytes = Number(/maxrss=(\d+)/.exec(stderr)?.[1]);
      if (!(frames > 0 && seconds > 0))
        throw new PlateauError('ERR_INTERNAL', `ffmpeg did not say what it took: ${stderr.slice(-300)}`);
      return {
        framesPerSecond: frames / seconds,
        latencyMilliseconds: null,
        peakRssBytes: kilobytes > 0 ? kilobytes * 1024 : null,
      };
    },
  };
}

interface EndedProgram {
  /** `undefined` where it did not start, or did not end by itself. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. @throws PlateauError ERR_NO_VERDICT once it has ended after a stop. */
function runProgram(command: string, args: readonly string[], signal: AbortSignal): Promise<EndedProgram> {
  const { promise, resolve, reject } = Promise.withResolvers<EndedProgram>();
  const limits = { timeout: longestRunMilliseconds, maxBuffer: 64 * 1024 * 1024 };
  const child = execFile(command, args, limits, (error, stdout, stderr) => {
    signal.removeEventListener('abort', stop);
    if (signal.aborted) reject(stoppedEarly());
    else resolve({ status: statusOf(error), stdout, stderr });
  });
  child.stdin?.end();
  const stop = (): boolean => child.kill();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  return promise;
}

function statusOf(error: ExecFileException | null): number | undefined {
  if (error === null) return 0;
  return typeof error.code === 'number' ? error.code : undefined;
}

function stoppedEarly(): PlateauError {
  return new PlateauError(
    'ERR_NO_VERDICT',
    'The bench was stopped before its end, so there are no figures; let it run to its end.',
  );
}
