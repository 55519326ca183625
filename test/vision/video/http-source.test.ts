import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ledger } from '@plateau/memory';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { PlateauError } from '../../../src/errors.ts';
import { CameraFeed } from '../../../src/vision/video/camera-feed.ts';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';
import { ClipFolder } from '../../support/clips.ts';
import { listenOnLoopback, portOf } from '../../support/loopback-server.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());
afterEach(() => expect(ledger.liveCount).toBe(0));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

class WebCamera implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(answer: Answer): Promise<WebCamera> {
    const server = createServer(answer);
    await listenOnLoopback(server);
    return new WebCamera(server);
  }

  url(path = '/', user = ''): string {
    return `http://${user}127.0.0.1:${portOf(this.#server)}${path}`;
  }

  /** Cuts all connections, as a camera that restarts does. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const jpegs = Array.from({ length: 5 }, (_, i) =>
  readFileSync(
    clips.make(`${i}.jpg`, {
      source: `testsrc2=s=320x240:r=1:d=1,hue=h=${i * 40}`,
      encoder: 'mjpeg',
      pixelFormat: 'yuvj420p',
      format: 'image2',
      formatOptions: { update: '1' },
    }),
  ),
);

interface Form {
  readonly type?: string;
  readonly boundary?: string | null;
  readonly newline?: string;
  readonly length?: boolean;
  readonly firstBoundary?: boolean;
}

function sendJpegs(response: ServerResponse, form: Form): void {
  const { type = 'multipart/x-mixed-replace; boundary=frame', boundary = '--frame', newline = '\r\n' } = form;
  response.writeHead(200, { 'content-type': type });
  let sent = 0;
  const timer = setInterval(() => {
    const jpeg = jpegs[sent % jpegs.length] as Buffer;
    if (boundary !== null) {
      if (sent > 0 || form.firstBoundary !== false) response.write(boundary + newline);
      response.write(`Content-Type: image/jpeg${newline}`);
      if (form.length !== false) response.write(`Content-Length: ${jpeg.length}${newline}`);
      response.write(newline);
    }
    response.write(jpeg);
    if (boundary !== null) response.write(newline);
    sent += 1;
  }, 50);
  response.on('close', () => clearInterval(timer));
}

async function readSome(url: string, count: number) {
  await using capture = await VideoCapture.open(url, { timeoutSeconds: 3 });
  const times: number[] = [];
  while (times.length < count) {
    const frame = await capture.read();
    if (frame === undefined) break;
    expect([frame.width, frame.height]).toEqual([320, 240]);
    times.push(frame.timestampSeconds);
  }
  return { info: capture.info, times };
}

describe('JPEGs over HTTP', () => {
  test.each<[string, Form]>([
    ['as the standard has it', {}],
    ['the boundary named with its dashes', { type: 'multipart/x-mixed-replace; boundary=--frame' }],
    ['the boundary in quotes', { type: 'multipart/x-mixed-replace; boundary="frame"' }],
    ['without lengths', { length: false }],
    ['with bare line feeds', { newline: '\n' }],
    ['a boundary without dashes', { boundary: 'frame' }],
    ['no boundary ahead of the first picture', { firstBoundary: false }],
    ['bare, one after another', { type: 'video/x-motion-jpeg', boundary: null }],
    ['without saying so', { type: 'application/octet-stream' }],
  ])('%s', async (_, form) => {
    await using camera = await WebCamera.start((_request, response) => sendJpegs(response, form));
    const { info, times } = await readSome(camera.url(), 10);
    expect(info).toMatchObject({ live: true, codec: 'mjpeg', width: 320, height: 240, frameRate: undefined });
    expect(times).toHaveLength(10);
    expect(times.every((time, i) => i === 0 || time > (times[i - 1] as number))).toBe(true);
    // They carry no time of their own; 20 a second came.
    expect((times[9] as number) - (times[3] as number)).toBeGreaterThan(0.15);
  });

  test('the end of a live stream is a loss, and the feed comes back', async () => {
    await using camera = await WebCamera.start((_request, response) => sendJpegs(response, {}));
    const states: string[] = [];
    let frames = 0;
    await using feed = new CameraFeed({
      source: camera.url(),
      timeoutSeconds: 2,
      random: () => 0,
      onFrame: () => {
        frames += 1;
      },
      onState: (state) => states.push(state),
    });
    const running = feed.run();
    while (frames < 5) await delay(10);
    camera.cut();
    while (!states.includes('waiting')) await delay(10);
    const seen = frames;
    while (frames < seen + 5) await delay(10);
    expect(feed.counters.reconnects).toBe(1);
    feed.stop();
    await running;
  });
});

describe('what else answers over HTTP', () => {
  async function faultOf(answer: Answer, user?: string): Promise<PlateauError> {
    await using camera = await WebCamera.start(answer);
    try {
      await readSome(camera.url('/cam', user), 1);
    } catch (error) {
      if (error instanceof PlateauError) return error;
      throw error;
    }
    throw new Error('a picture came');
  }

  test.each<[string, string, RegExp, Answer]>([
    [
      '401',
      'ERR_SOURCE_REFUSED',
      /refused the user name or password/,
      (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    ],
    ['403', 'ERR_SOURCE_REFUSED', /refused/, (_, response) => response.writeHead(403).end()],
    [
      '404',
      'ERR_SOURCE_UNREACHABLE',
      /no such stream \(404\)/,
      (_, response) => response.writeHead(404).end(),
    ],
    ['500', 'ERR_SOURCE_UNREACHABLE', /5xx/, (_, response) => response.writeHead(500).end()],
    [
      'a page of text',
      'ERR_SOURCE_UNREACHABLE',
      /gives no video/,
      (_, response) => response.end('<html><body>Welcome</body></html>'.repeat(200)),
    ],
    ['nothing at all', 'ERR_SOURCE_UNREACHABLE', /gives no video/, (_, response) => response.end()],
    [
      'silence after the head',
      'ERR_SOURCE_UNREACHABLE',
      /did not answer within 3 s/,
      (_, response) => response.writeHead(200).flushHeaders(),
    ],
  ])('%s: %s', async (_, code, sentence, answer) => {
    const fault = await faultOf(answer, 'admin:secret@');
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(sentence);
    expect(fault.message).not.toContain('secret');
  });

  test('user and password are sent, and a recording over HTTP is read to its end', async () => {
    const clip = clips.make('clip.mp4', { source: 'testsrc2=s=320x240:r=10:d=2' });
    const { size } = statSync(clip);
    await using camera = await WebCamera.start((request, response) => {
      const expected = `Basic ${Buffer.from('admin:P@ss').toString('base64')}`;
      if (request.headers.authorization !== expected) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
        return;
      }
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(206, {
        'content-type': 'video/mp4',
        'accept-ranges': 'bytes',
        'content-length': size - start,
        'content-range': `bytes ${start}-${size - 1}/${size}`,
      });
      createReadStream(clip, { start })
        .on('error', () => response.destroy())
        .pipe(response);
    });
    const { info, times } = await readSome(camera.url('/clip.mp4', 'admin:P@ss@'), 1000);
    expect(info).toMatchObject({ live: false, durationSeconds: 2 });
    expect(times).toHaveLength(20);
  });
});

describe('interrupting', () => {
  test('a read that waits ends within milliseconds, as do all later ones', async () => {
    await using camera = await WebCamera.start((_request, response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
      const jpeg = jpegs[0] as Buffer;
      for (let i = 0; i < 3; i += 1) {
        response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
        response.write(jpeg);
        response.write('\r\n');
      }
    });
    await using capture = await VideoCapture.open(camera.url(), { timeoutSeconds: 60 });
    const reading = (async () => {
      while ((await capture.read()) !== undefined);
    })();
    await delay(300);
    const asked = performance.now();
    capture.interrupt();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - asked).toBeLessThan(500);
    await expect(capture.read()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a second read beside one that waits is refused, and the first goes on', async () => {
    const { promise: more, resolve: sendMore } = Promise.withResolvers<void>();
    await using camera = await WebCamera.start(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
      const jpeg = jpegs[0] as Buffer;
      for (let i = 0; i < 4; i += 1) {
        if (i === 2) await more;
        response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
        response.write(jpeg);
        response.write('\r\n');
      }
    });
    await using capture = await VideoCapture.open(camera.url(), { timeoutSeconds: 60 });
    await capture.read();
    const reads = Array.from({ length: 3 }, () => capture.read());
    await Promise.allSettled(reads.slice(1));
    sendMore();
    const [first, ...others] = await Promise.allSettled(reads);
    expect(first).toMatchObject({ status: 'fulfilled', value: { width: 320 } });
    for (const other of others)
      expect(other).toMatchObject({ status: 'rejected', reason: expect.any(TypeError) });
    expect(await capture.read()).toMatchObject({ width: 320 });
  });

  test('disposing of a capture ends its waiting read', async () => {
    await using camera = await WebCamera.start((_request, response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
      const jpeg = jpegs[0] as Buffer;
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
      response.write(jpeg);
      response.write('\r\n--frame\r\n');
    });
    const capture = await VideoCapture.open(camera.url(), { timeoutSeconds: 60 });
    const reading = (async () => {
      while ((await capture.read()) !== undefined);
    })();
    const outcome = expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    await delay(200);
    await capture[Symbol.asyncDispose]();
    await outcome;
  });
});
