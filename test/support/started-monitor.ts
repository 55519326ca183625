/** `plateau start` as a process of its own, asked through its API. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { MonitorStatus } from '../../src/runtime/monitor.ts';
import type { CameraStatus } from '../../src/runtime/watched-camera.ts';
import { type RunOptions, spawnPlateau } from './plateau-program.ts';

export interface StoppedMonitor {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the signal to the end of the process. */
  readonly seconds: number;
  readonly log: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Buffer;
}

export class StartedMonitor implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  readonly #said: () => string;

  private constructor(url: string, child: ChildProcess, ended: Promise<unknown[]>, said: () => string) {
    this.url = url;
    this.#child = child;
    this.#ended = ended;
    this.#said = said;
  }

  /** Starts on a free port and resolves once the log names it. @throws Error where it ends instead, with its log. */
  static async start(args: readonly string[], options: RunOptions = {}): Promise<StartedMonitor> {
    const child = spawnPlateau(['start', '--port', '0', ...args], options);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let said = '';
    const hear = (text: string): void => {
      said += text;
      const url = /Watching .*(http:\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    const ended = once(child, 'close');
    child.once('close', (code) => reject(new Error(`plateau start ended with ${code}: ${said}`)));
    return new StartedMonitor(await promise, child, ended, () => said);
  }

  /** What it has printed so far. */
  get log(): string {
    return this.#said();
  }

  get processId(): number {
    return this.#child.pid as number;
  }

  async status(): Promise<MonitorStatus> {
    const { status, body } = await this.get('/api/status');
    if (status !== 200) throw new Error(`/api/status answers ${status}: ${body}`);
    return JSON.parse(String(body)) as MonitorStatus;
  }

  async camera(index: number): Promise<CameraStatus> {
    return (await this.status()).cameras[index];
  }

  /** Asks again until the condition holds. @returns Seconds that took. @throws Error after the time, with the last status. */
  async until(condition: (status: MonitorStatus) => boolean, seconds: number): Promise<number> {
    const began = performance.now();
    for (;;) {
      const status = await this.status();
      const passed = (performance.now() - began) / 1000;
      if (condition(status)) return passed;
      if (passed > seconds) {
        const cameras = status.cameras.map(({ name, state, reason, decided, zones }) => ({
          name,
          state,
          reason,
          decided,
          zones,
        }));
        throw new Error(`not within ${seconds} s: ${JSON.stringify(cameras)}; log:\n${this.log}`);
      }
      await delay(100);
    }
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const asked = request(new URL(path, this.url), { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'],
          body: Buffer.concat(parts),
        }),
      );
    });
    asked.on('error', reject);
    asked.end();
    return promise;
  }

  /** Sends SIGTERM and waits for the end. */
  async stop(): Promise<StoppedMonitor> {
    const asked = performance.now();
    this.#child.kill('SIGTERM');
    const [code, signal] = (await this.#ended) as [number | null, NodeJS.Signals | null];
    return { code, signal, seconds: (performance.now() - asked) / 1000, log: this.log };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** Width and height that a JPEG says of itself. @throws Error for what is no JPEG */
export function jpegSize(bytes: Uint8Array): readonly [width: number, height: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0xffd8 || view.getUint16(bytes.byteLength - 2) !== 0xffd9)
    throw new Error('this is no whole JPEG');
  for (let place = 2; place < bytes.byteLength; place += 2 + view.getUint16(place + 2)) {
    const marker = view.getUint16(place);
    if (marker >= 0xffc0 && marker <= 0xffc2) return [view.getUint16(place + 7), view.getUint16(place + 5)];
  }
  throw new Error('this JPEG has no size');
}
