/** The API over a real monitor: memory as the core tells it. */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { liveCapture } from '../../src/runtime/capture-settings.ts';
import { defaults } from '../../src/runtime/defaults.ts';
import { memorySettings } from '../../src/runtime/memory-settings.ts';
import { Monitor } from '../../src/runtime/monitor.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';
import { MonitorServer } from '../../src/server/monitor-server.ts';

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const stack = new AsyncDisposableStack();
let server: MonitorServer;
const get = (path: string): Promise<Response> => fetch(new URL(path, server.url));

beforeAll(async () => {
  server = stack.use(await MonitorServer.listen({ host: '127.0.0.1', port: 0 }));
}, 60_000);
afterAll(() => stack.disposeAsync());

test('before there is a monitor every question is answered with 503', async () => {
  for (const path of ['/metrics', '/api/budgets', '/api/mistakes', '/api/ledger', '/api/status'])
    expect((await get(path)).status, path).toBe(503);
});

test('threads that hang hold up nobody who asks for their memory, and are asked once', {
  timeout: 120_000,
}, async () => {
  let asked = 0;
  const never = (): Promise<never> => {
    asked += 1;
    return new Promise(() => undefined);
  };
  await using hung = await MonitorServer.listen({ host: '127.0.0.1', port: 0 });
  hung.show({ report: never, memorySources: never } as unknown as Monitor);
  const paths = ['/metrics', '/metrics', '/api/ledger', '/api/ledger'];
  const answers = await Promise.all(paths.map((path) => fetch(new URL(path, hung.url))));
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  expect(await answers[0].json()).toMatchObject({ error: expect.stringMatching(/does not answer/) });
  expect(asked).toBe(2);
});

test('a client that asks by the thousand and reads nothing is let go; one that waits for each answer is served', {
  timeout: 120_000,
}, async () => {
  let asked = 0;
  const monitor = {
    get status() {
      asked += 1;
      return { cameras: ['x'.repeat(100_000)] };
    },
  };
  await using busy = await MonitorServer.listen({ host: '127.0.0.1', port: 0 });
  busy.show(monitor as unknown as Monitor);
  const port = Number(new URL(busy.url).port);
  const greedy = connect(port, '127.0.0.1');
  // A connection that is let go with requests unread ends with a reset.
  greedy.on('error', () => undefined).pause();
  greedy.write('GET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(1000));
  for (let waited = 0; asked === 0 && waited < 1000; waited += 1) await delay(20);
  greedy.resume();
  await once(greedy, 'close');
  expect(asked).toBeLessThan(10);

  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const one = (): Promise<number> =>
    new Promise((resolve, reject) =>
      request({ port, host: '127.0.0.1', path: '/api/status', agent }, (response) =>
        response.resume().on('end', () => resolve(response.statusCode ?? 0)),
      )
        .on('error', reject)
        .end(),
    );
  const codes = await Promise.all(Array.from({ length: 200 }, one));
  agent.destroy();
  expect(codes.every((code) => code === 200)).toBe(true);
});

test('connections that nobody closes have a bound, and those within it are answered', async () => {
  await using crowded = await MonitorServer.listen({ host: '127.0.0.1', port: 0 });
  const port = Number(new URL(crowded.url).port);
  const open = Array.from({ length: 300 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  let closed = 0;
  for (const socket of open) socket.resume().on('close', () => (closed += 1));
  await expect.poll(() => closed, { timeout: 20_000 }).toBe(100);
  for (const socket of open) socket.destroy();
  await expect.poll(() => fetch(crowded.url).then(({ status }) => status), { timeout: 20_000 }).toBe(200);
});

test('metrics, budgets and mistakes come from the memory core, and what is no camera has no picture', {
  timeout: 240_000,
}, async () => {
  const { confidence, threads, blockage } = defaults;
  const model = {
    file: file('models/known-answer-64.onnx'),
    names: null,
    device: 'cpu',
    threads,
    confidence,
    className: null,
  } as const;
  const belt = {
    name: 'belt',
    zones: [{ zone: wholePicture, blockage }],
    capture: liveCapture(file('demo/lumps.mp4')),
    memoryBudgetBytes: 64 * 2 ** 20,
  };
  const listener = { onEvent: () => undefined, onCameraState: () => undefined, onFailure: () => undefined };
  const monitor = stack.use(await Monitor.start(model, [belt], listener, memorySettings('paranoid', 256)));
  server.show(monitor);
  for (let waited = 0; monitor.status.cameras[0].decided < 5 && waited < 2400; waited += 1) await delay(50);

  const metrics = await get('/metrics');
  expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await metrics.text();
  expect(text).toMatch(/^plateau_memory_bytes\{of="rss"\} \d{7,}$/m);
  expect(text).toMatch(/^plateau_budget_bytes\{of="limit"\} 268435456$/m);
  expect(text).toMatch(/^plateau_budget_bytes\{camera="belt",of="limit"\} 67108864$/m);
  expect(text).toMatch(/^plateau_live_resources\{kind="VideoCapture"\} 1$/m);

  for (const camera of ['', '%20', '-0', '0x0', '1'])
    expect((await get(`/api/cameras/${camera}/picture.jpg`)).status, camera).toBe(404);

  const budgets = (await (await get('/api/budgets')).json()) as { cameras: { belt: { usedBytes: number } } };
  expect(budgets.cameras.belt.usedBytes).toBeGreaterThan(4 * 2 ** 20);
  expect(await (await get('/api/mistakes')).json()).toEqual([]);
});
