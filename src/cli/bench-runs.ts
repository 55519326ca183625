/** The contenders of `plateau bench`: each a run of a program over one clip, one after the other. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
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
  run(): BenchRun;
}

export interface BenchOrder {
  readonly clip: string;
  readonly model: string;
  readonly threads: number;
  readonly python: string;
}

const longestRunMilliseconds = 180_000;

/** This command's own `analyze`, in a process of its own, as users start it. */
export function plateauContender({ clip, model, threads }: BenchOrder): Contender {
  return {
    name: 'plateau',
    title: 'plateau analyze',
    run: () => {
      const program = process.argv[1];
      const args = [program, 'analyze', clip, '--model', model, '--threads', String(threads), '--json'];
      const ended = runProgram(process.execPath, [...process.execArgv, ...args]);
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
export function opencvContender({ clip, model, threads, python }: BenchOrder): Contender | string {
  const script = shippedFile('bench/peers/opencv_loop.py');
  if (!existsSync(script))
    return 'The Python peer comes with the repository and is not in this installation.';
  const probe = runProgram(python, ['-c', 'import cv2, onnxruntime, numpy']);
  if (probe.status !== 0)
    return `${python} has no OpenCV, onnxruntime and numpy; name one that has with --python.`;
  return {
    name: 'opencv',
    title: 'OpenCV + onnxruntime + numpy',
    run: () => {
      const ended = runProgram(python, [script, clip, model, '--threads', String(threads)]);
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
export function ffmpegContender({ clip }: BenchOrder): Contender | string {
  if (runProgram('ffmpeg', ['-version']).status !== 0) return 'There is no ffmpeg program here.';
  return {
    name: 'ffmpeg',
    title: 'ffmpeg program, decoding alone',
    run: () => {
      const args = ['-hide_banner', '-nostdin', '-benchmark', '-threads', '1', '-i', clip, '-f', 'null', '-'];
      const { stderr } = runProgram('ffmpeg', args);
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

function runProgram(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestRunMilliseconds,
    maxBuffer: 64 * 1024 * 1024,
  });
}
