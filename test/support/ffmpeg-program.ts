/** Clips made and judged by the ffmpeg program, which is not the FFmpeg that is under test. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for a test's files. Owner: the test, with `using`; disposal removes it with all that is in it. */
export class Workbench implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'plateau-bench-'));

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, content: Uint8Array | string): string {
    writeFileSync(this.file(name), content);
    return this.file(name);
  }

  /** Runs ffmpeg in this folder. @returns The path of the last argument, the file it made. */
  ffmpeg(...args: readonly string[]): string {
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], {
      cwd: this.path,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return this.file(args.at(-1) as string);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Left black, right white: the whole picture is 0.50 covered, the right half 1.0, the left 0.0. */
export function halfSource({ width = 640, height = 360, seconds = 6 } = {}): string {
  const half = width / 2;
  return `color=black:s=${width}x${height}:r=10:d=${seconds},drawbox=x=${half}:w=${half}:h=${height}:color=white:t=fill`;
}

export interface ProbedVideo {
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  /** Presentation time of each picture, ascending. */
  readonly times: readonly number[];
  /** What ffprobe complained about while it decoded everything. */
  readonly complaints: string;
}

/** Decodes a whole video with ffprobe. */
export function probe(path: string): ProbedVideo {
  const { stdout, stderr } = spawnSync(
    'ffprobe',
    [
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-show_entries',
      'stream=width,height,codec_name:frame=pts_time',
      '-of',
      'json',
      path,
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  const { streams, frames } = JSON.parse(stdout) as {
    streams: { width: number; height: number; codec_name: string }[];
    frames: { pts_time: string }[];
  };
  const [{ width, height, codec_name: codec }] = streams;
  return { width, height, codec, times: frames.map(({ pts_time }) => Number(pts_time)), complaints: stderr };
}

/** One picture of a video as ffmpeg decodes it: grey bytes, row by row. */
export function greyPicture(
  path: string,
  seconds: number,
): { readonly width: number; readonly height: number; readonly grey: Uint8Array } {
  const { width, height } = probe(path);
  const grey = execFileSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-ss',
      String(seconds),
      '-i',
      path,
      '-frames:v',
      '1',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'gray',
      '-',
    ],
    { maxBuffer: 2 ** 26 },
  );
  return { width, height, grey };
}
