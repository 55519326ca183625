/** Cameras for tests: a real RTSP server of GStreamer, and listeners that accept and never answer. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { listenOnLoopback, portOf } from './loopback-server.ts';

/** Debian's interpreter, for which the GStreamer packages are; another one on PATH does not see them. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const script = fileURLToPath(new URL('./rtsp-server.py', import.meta.url));

/** Says what is missing for a real RTSP server, or answers `undefined`. */
function whatIsMissing(): string | undefined {
  const probe =
    'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import Gst, GstRtspServer; Gst.init(None); ' +
    'missing = [n for n in ("qtdemux", "h264parse", "rtph264pay") if Gst.ElementFactory.find(n) is None]; assert not missing, missing';
  try {
    execFileSync(python, ['-c', probe], { stdio: 'pipe' });
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n').at(-2) : String(error);
    return `needs a real RTSP server (${why}): apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-rtsp glib-networking openssl`;
  }
}

/** Makes a certificate of its own for a camera, as cameras have. @returns `pem`. @throws where openssl is missing. */
export function makeCertificate(pem: string): string {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
  execFileSync('openssl', [...request, '-keyout', `${pem}.key`, '-out', `${pem}.crt`], { stdio: 'pipe' });
  writeFileSync(pem, Buffer.concat([readFileSync(`${pem}.key`), readFileSync(`${pem}.crt`)]));
  return pem;
}

/** Why tests with a real RTSP server are skipped here, or `undefined`. */
export const rtspMissing: string | undefined = whatIsMissing();

/** For `describe.skipIf`: where PLATEAU_NO_SKIP=1 is set the tests run, and fail, instead. */
export const skipRtsp: boolean = rtspMissing !== undefined && process.env.PLATEAU_NO_SKIP !== '1';

export interface RtspServerOptions {
  /** MP4 with one H.264 or H.265 track. */
  readonly file?: string;
  readonly codec?: 'h264' | 'h265';
  /** A test picture that is encoded live: `640x480@10`. */
  readonly live?: string;
  readonly user?: string;
  readonly password?: string;
  readonly auth?: 'digest' | 'basic';
  readonly protocols?: string;
  readonly timestampOffset?: number;
  readonly port?: number;
  /** Share of pictures that never leave the camera. */
  readonly drop?: number;
  /** UDP is offered, and nothing of it ever arrives. */
  readonly loseUdp?: boolean;
  /** PEM file with key and certificate: the camera speaks RTSPS. */
  readonly tls?: string;
}

export class RtspServer implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #scheme: 'rtsp' | 'rtsps';

  private constructor(child: ChildProcess, port: number, scheme: 'rtsp' | 'rtsps') {
    this.#process = child;
    this.port = port;
    this.#scheme = scheme;
  }

  static async start(options: RtspServerOptions): Promise<RtspServer> {
    if (rtspMissing !== undefined) throw new Error(rtspMissing);
    const given: [string, string | number | undefined][] = [
      ['--port', options.port ?? 0],
      ['--file', options.file],
      ['--codec', options.codec],
      ['--live', options.live],
      ['--user', options.user],
      ['--password', options.password],
      ['--auth', options.auth],
      ['--protocols', options.protocols],
      ['--timestamp-offset', options.timestampOffset],
      ['--drop', options.drop],
      ['--tls', options.tls],
    ];
    const args = given.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
    if (options.loseUdp === true) args.push('--lose-udp');
    const child = spawn(python, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
      const port = /listening (\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.stderr.on('data', (data) => {
      said += data;
    });
    child.on('exit', (code) => reject(new Error(`the RTSP server ended with ${code}: ${said}`)));
    child.on('error', reject);
    return new RtspServer(child, await promise, options.tls === undefined ? 'rtsp' : 'rtsps');
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}/cam`;
  }

  /** SIGSTOP: the connection stands and nothing comes any more. SIGCONT goes on. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
  }
}

/** Accepts every connection and says nothing, for ever. */
export class MuteListener implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(): Promise<MuteListener> {
    const server = createServer();
    const listener = new MuteListener(server);
    await listenOnLoopback(server);
    return listener;
  }

  get port(): number {
    return portOf(this.#server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
