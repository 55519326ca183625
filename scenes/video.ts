import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Pipes raw RGB frames into the ffmpeg program; `close` waits for the finished file. */
export class VideoFile {
  readonly #process: ReturnType<typeof spawn>;
  readonly #ended: Promise<unknown[]>;
  #errors = '';

  constructor(file: string, width: number, height: number, framesPerSecond: number, quality: number) {
    this.#process = spawn('ffmpeg', [
      '-v',
      'error',
      '-y',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-s',
      `${width}x${height}`,
      '-r',
      String(framesPerSecond),
      '-i',
      '-',
      '-c:v',
      'libx264',
      '-preset',
      'slow',
      '-crf',
      String(quality),
      '-pix_fmt',
      'yuv420p',
      '-movflags',
      '+faststart',
      file,
    ]);
    this.#ended = once(this.#process, 'close');
    this.#process.stderr?.on('data', (data: Buffer) => {
      this.#errors += data.toString();
    });
  }

  async write(rgb: Uint8Array): Promise<void> {
    const { stdin } = this.#process;
    if (stdin !== null && !stdin.write(rgb)) await once(stdin, 'drain');
  }

  async close(): Promise<void> {
    this.#process.stdin?.end();
    const [code] = await this.#ended;
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${this.#errors}`);
  }
}
