import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ClipOrder {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly frameRate?: number;
}

/** Clips for a benchmark, made with the ffmpeg program into a temporary folder that goes with this object. */
export class Clips implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'plateau-bench-'));

  /** H.264 as cameras send it (no B frames, a key frame every two seconds): moving patterns with some noise. */
  make({ width, height, frames, frameRate = 25 }: ClipOrder): string {
    const file = join(this.folder, `${width}x${height}-${frames}-${frameRate.toFixed(2)}.mp4`);
    const source = `testsrc2=size=${width}x${height}:rate=${frameRate},noise=alls=3:allf=t`;
    const encoder = [
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-bf',
      '0',
      '-g',
      String(Math.round(2 * frameRate)),
    ];
    execFileSync(
      'ffmpeg',
      ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, '-frames:v', String(frames), ...encoder].concat([
        '-pix_fmt',
        'yuv420p',
        file,
      ]),
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    return file;
  }

  /** As `make`, of any length: twenty seconds again and again, without encoding it anew. */
  repeated({ frames, frameRate = 25, ...size }: ClipOrder): string {
    const piece = this.make({ ...size, frames: 20 * frameRate, frameRate });
    const file = piece.replace(/\.mp4$/, `-x${frames}.mp4`);
    const again = String(Math.ceil(frames / (20 * frameRate)) - 1);
    execFileSync(
      'ffmpeg',
      [
        '-v',
        'error',
        '-y',
        '-stream_loop',
        again,
        '-i',
        piece,
        '-frames:v',
        String(frames),
        '-c',
        'copy',
        file,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
