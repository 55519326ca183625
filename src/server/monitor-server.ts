import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memoryMetrics } from '@plateau/memory';
import fastify, { type FastifyInstance } from 'fastify';
import { PlateauError } from '../errors.ts';
import type { Monitor } from '../runtime/monitor.ts';
import { isForeignOrigin, isLoopback, isLoopbackHostHeader } from './loopback.ts';
import { SharedAnswer } from './shared-answer.ts';

export interface MonitorServerOptions {
  readonly host: string;
  readonly port: number;
}

/** What the API answers from; nothing before the monitor has started. */
interface Shown {
  monitor: Monitor | undefined;
}

/** Longest wait of a request for the next picture, milliseconds. */
const pictureTimeout = 3000;
/** A page takes six. Whoever opens more than this never closes them. */
const mostConnections = 200;
/** Longest wait for what the threads tell of their memory, milliseconds. */
const threadTimeout = 5000;

/** What an audit of the running monitor analyses beside the cameras. */
const auditRecording = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const auditPictures = 300;

const webTypes = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
} as const;
const scripts = ['page', 'camera-card', 'series-chart', 'set-text', 'texts', 'vietnamese-reasons'];
const webFiles = [
  { path: '/', file: 'index.html', type: webTypes.html },
  { path: '/page.css', file: 'page.css', type: webTypes.css },
  ...scripts.map((name) => ({ path: `/${name}.js`, file: `${name}.js`, type: webTypes.js })),
];

/** The monitor's page and API, for people and programs on this machine. */
export class MonitorServer implements AsyncDisposable {
  readonly url: string;
  readonly #app: FastifyInstance;
  readonly #shown: Shown;

  private constructor(app: FastifyInstance, url: string, shown: Shown) {
    this.#app = app;
    this.#shown = shown;
    this.url = url;
  }

  /**
   * Opens the port, ahead of the monitor: a wrong address should cost no start. The API answers 503 until `show`.
   *
   * @throws PlateauError ERR_USAGE for an address beyond loopback, ERR_PORT_IN_USE for a port that is taken.
   */
  static async listen({ host, port }: MonitorServerOptions): Promise<MonitorServer> {
    if (!isLoopback(host)) {
      throw new PlateauError(
        'ERR_USAGE',
        `--host ${host} would open the page to the network, which needs authentication that does not exist yet; leave it at 127.0.0.1 and use an SSH tunnel from elsewhere.`,
      );
    }
    const app = fastify({ forceCloseConnections: true });
    app.server.maxConnections = mostConnections;
    app.addHook('onRequest', async (request, reply) => {
      // The answer ahead of this one is still on its way. Whoever sends requests by the thousand and reads nothing would
      // have all the answers kept in memory; no browser asks ahead of an answer.
      if (reply.raw.socket === null) {
        request.raw.socket.destroy();
        return reply.hijack();
      }
      reply.header('content-security-policy', "default-src 'self'; img-src 'self' blob: data:");
      reply.header('x-content-type-options', 'nosniff');
      reply.header('cross-origin-resource-policy', 'same-origin');
      const { host, origin } = request.headers;
      if (!isLoopbackHostHeader(host) || isForeignOrigin(origin, host))
        await reply.code(403).send({ error: 'This page answers to its loopback address only.' });
    });
    addPages(app);
    const shown: Shown = { monitor: undefined };
    addApi(app, shown);
    try {
      const url = await app.listen({ host, port });
      return new MonitorServer(app, url, shown);
    } catch (error) {
      await app.close();
      throw new PlateauError(
        'ERR_PORT_IN_USE',
        `Port ${port} of ${host} cannot be opened (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}); choose another one with --port.`,
        { cause: error },
      );
    }
  }

  /** From now on the page shows this monitor, which stays its owner's. */
  show(monitor: Monitor): void {
    this.#shown.monitor = monitor;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.close();
  }
}

function addPages(app: FastifyInstance): void {
  for (const { path, file, type } of webFiles) {
    const content = readFileSync(new URL(`../../web/${file}`, import.meta.url), 'utf8');
    app.get(path, (_request, reply) => reply.type(type).send(content));
  }
}

function addApi(app: FastifyInstance, shown: Shown): void {
  const starting = { error: 'The monitor is being started.' };
  app.get('/api/status', (_request, reply) => shown.monitor?.status ?? reply.code(503).send(starting));
  const silent = { error: 'The pipeline is being started, or one of its threads does not answer.' };
  const report = new SharedAnswer(() => shown.monitor?.report(), threadTimeout);
  app.get(
    '/api/ledger',
    async (_request, reply) => (await report.get())?.ledger ?? reply.code(503).send(silent),
  );
  app.get(
    '/api/budgets',
    (_request, reply) => shown.monitor?.status.budgets ?? reply.code(503).send(starting),
  );
  app.get(
    '/api/mistakes',
    (_request, reply) => shown.monitor?.status.mistakes ?? reply.code(503).send(starting),
  );
  const sources = new SharedAnswer(() => shown.monitor?.memorySources(), threadTimeout);
  app.get('/metrics', async (_request, reply) => {
    const told = await sources.get();
    if (told === undefined) return reply.code(503).send(silent);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(memoryMetrics(told));
  });
  app.post('/api/audit', async (_request, reply) => {
    const { monitor } = shown;
    if (monitor === undefined) return reply.code(503).send(starting);
    try {
      return await monitor.audit(auditRecording, auditPictures, () => undefined);
    } catch (error) {
      if (error instanceof PlateauError) return reply.code(503).send({ error: error.message });
      throw error;
    }
  });
  app.get<{ Params: { camera: string } }>('/api/cameras/:camera/picture.jpg', async (request, reply) => {
    const camera = shown.monitor?.camera(cameraIndex(request.params.camera));
    if (camera === undefined) return reply.code(404).send({ error: 'There is no such camera.' });
    const jpeg = await camera.picture(pictureTimeout);
    if (jpeg === undefined) return reply.code(503).send({ error: 'The camera gives no picture now.' });
    return reply
      .type('image/jpeg')
      .header('cache-control', 'no-store')
      .send(Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength));
  });
}

/** Digits only: an empty part of a path is a number to JavaScript, and no camera. */
function cameraIndex(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
