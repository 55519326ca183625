/** `plateau start`: its page and API on this machine only, and its end. */
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { knownAnswer } from '../support/analyze-program.ts';
import { halfSource, Workbench } from '../support/ffmpeg-program.ts';
import { plateau } from '../support/plateau-program.ts';
import { jpegSize, StartedMonitor } from '../support/started-monitor.ts';

const lumps = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const absent = whatIsAbsent(['ffmpeg']);
const count = z.int().min(0);

const zoneStatus = z.object({
  name: z.string(),
  coverage: z.number().min(0).max(1).nullable(),
  smoothedCoverage: z.number().min(0).max(1).nullable(),
  unknownReason: z.string().nullable(),
  state: z.enum(['clear', 'blocked']),
  pendingSince: z.number().nullable(),
});
const monitorStatus = z.object({
  model: z.object({ classes: z.array(z.string()), input: z.tuple([count, count]) }),
  cameras: z.array(
    z.object({
      name: z.string(),
      source: z.string(),
      state: z.enum(['connecting', 'live', 'stalled', 'waiting', 'ended']),
      reason: z.string().nullable(),
      counters: z.object({ decoded: count, damaged: count, published: count }),
      decided: count,
      decisionsPerSecond: z.number(),
      zones: z.array(zoneStatus),
      warnings: z.array(z.string()),
    }),
  ),
  events: z.array(
    z.object({
      type: z.enum(['blocked', 'cleared']),
      camera: z.string(),
      zone: z.string(),
      at: z.iso.datetime(),
    }),
  ),
  memory: z
    .array(z.object({ at: count, rssBytes: count, heapUsedBytes: count, liveResources: count }))
    .min(1),
  uptimeSeconds: z.number().positive(),
});

describe.skipIf(skipFor(absent))(`the page and the API${because(absent)}`, () => {
  const stack = new AsyncDisposableStack();
  let bench: Workbench;
  let monitor: StartedMonitor;
  beforeAll(async () => {
    bench = stack.use(new Workbench());
    const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
    bench.ffmpeg('-f', 'lavfi', '-i', halfSource({ seconds: 4 }), ...x264, '-pix_fmt', 'yuv420p', 'half.mp4');
    bench.ffmpeg('-i', 'half.mp4', '-metadata:s:v:0', 'rotate=90', '-c', 'copy', 'turned.mp4');
    bench.ffmpeg('-f', 'lavfi', '-i', 'color=white:s=321x241:r=10:d=4,format=yuv444p', ...x264, 'odd.mp4');
    const args = [
      'half.mp4',
      'turned.mp4',
      'odd.mp4',
      '--model',
      knownAnswer,
      '--on-delay',
      '1',
      '--smooth',
      '0',
    ];
    monitor = stack.use(await StartedMonitor.start(args, { cwd: bench.path }));
    await monitor.until(
      ({ cameras, memory }) => memory.length > 1 && cameras.every(({ decided }) => decided > 15),
      20,
    );
  }, 60_000);
  afterAll(() => stack.disposeAsync());

  test('the status tells coverage, state, memory and what happened', async () => {
    const { cameras, events, memory } = monitorStatus.parse(await monitor.status());
    expect(cameras.map(({ name }) => name)).toEqual(['1: half.mp4', '2: turned.mp4', '3: odd.mp4']);
    expect(cameras.map(({ state }) => state)).toEqual(['live', 'live', 'live']);
    for (const [index, right] of [0.5, 0.5, 1].entries())
      expect(cameras[index].zones[0].coverage).toBeCloseTo(right, 2);
    expect(cameras.map(({ zones }) => zones[0].state)).toEqual(['clear', 'clear', 'blocked']);
    expect(events).toMatchObject([{ type: 'blocked', camera: '3: odd.mp4', zone: 'picture' }]);
    expect(memory.at(-1)?.liveResources).toBeGreaterThan(0);
    expect(monitor.log).toMatch(/BLOCKED 3: odd\.mp4 \/ picture, coverage 100 %/);
  });

  test('a picture is a JPEG of the size that players show', async () => {
    for (const [camera, size] of [
      [640, 360],
      [360, 640],
      [321, 241],
    ].entries()) {
      const { status, type, body } = await monitor.get(`/api/cameras/${camera}/picture.jpg`);
      expect([status, type]).toEqual([200, 'image/jpeg']);
      expect(jpegSize(body)).toEqual(size);
    }
  });

  test('many who look at the same time all get a picture', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => monitor.get(`/api/cameras/${index % 3}/picture.jpg`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  test('the page and its parts are there', async () => {
    const page = await monitor.get('/');
    expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8']);
    for (const [, part] of String(page.body).matchAll(/(?:src|href)="(?!data:)([^"]+)"/g))
      expect((await monitor.get(`/${part}`)).status, part).toBe(200);
  });

  test('the ledger names live resources by kind and camera', async () => {
    const { body } = await monitor.get('/api/ledger');
    const ledger = z.looseObject({ live: count, bytes: count }).parse(JSON.parse(String(body)));
    expect(ledger.live).toBeGreaterThan(0);
    expect(String(body)).toContain('3: odd.mp4');
  });

  test.each([
    ['another name', 'plant.example'],
    ['another name with the port', 'plant.example:80'],
    ['a name that begins like this machine', '127.0.0.1.plant.example'],
    ['an address of the network', '10.0.0.5'],
  ])('a Host header of %s is refused', async (_, host) => {
    for (const path of ['/', '/api/status', '/api/cameras/0/picture.jpg']) {
      const { status, body } = await monitor.get(path, { host });
      expect([path, status]).toEqual([path, 403]);
      expect(String(body)).not.toContain('half.mp4');
    }
  });

  test('a page of another site may neither read nor ask for anything', async () => {
    for (const origin of ['https://plant.example', 'null', 'http://127.0.0.1:1']) {
      for (const path of ['/api/status', '/api/cameras/0/picture.jpg'])
        expect([origin, (await monitor.get(path, { origin })).status]).toEqual([origin, 403]);
      const answer = await fetch(`${monitor.url}/api/audit`, { method: 'POST', headers: { origin } });
      expect([origin, answer.status]).toEqual([origin, 403]);
    }
    const own = await monitor.get('/api/status', { origin: monitor.url });
    expect(own.status).toBe(200);
  });

  test('a camera that is not there, and a path that is none, are 404', async () => {
    for (const path of [
      '/api/cameras/9/picture.jpg',
      '/api/cameras/x/picture.jpg',
      '/api/cameras//picture.jpg',
      '/api/cameras/%20/picture.jpg',
      '/api/cameras/0x0/picture.jpg',
      '/../package.json',
      '/src',
    ])
      expect([path, (await monitor.get(path)).status]).toEqual([path, 404]);
  });

  test('SIGTERM ends everything, also while somebody looks', async () => {
    const looking = Promise.allSettled(
      Array.from({ length: 3 }, (_, index) => monitor.get(`/api/cameras/${index}/picture.jpg`)),
    );
    const { code, seconds, log } = await monitor.stop();
    await looking;
    expect(code, log).toBe(0);
    expect(seconds).toBeLessThan(3);
    expect(log).toMatch(/Stopped; every resource was released\.\n$/);
    expect(log).not.toMatch(/defect|Error|\n {4}at /);
  });
});

test('a port that is taken ends with exit 2 before anything is started', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const run = await plateau(['start', lumps, '--model', knownAnswer, '--port', String(port)]);
  taken.close();
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toMatch(
    new RegExp(`^plateau: Port ${port} of 127\\.0\\.0\\.1 cannot be opened.*--port\\.\\n$`),
  );
});

test('a recording that is not there does not stop the others, and says so', async () => {
  await using monitor = await StartedMonitor.start([lumps, '/absent/belt.mp4', '--model', knownAnswer]);
  await monitor.until(({ cameras }) => cameras[0].decided > 5 && cameras[1].state === 'ended', 15);
  const { cameras } = await monitor.status();
  expect(cameras[1].reason).toMatch(/\/absent\/belt\.mp4/);
  expect(cameras[1].zones[0]).toMatchObject({ coverage: null, unknownReason: cameras[1].reason });
  expect(monitor.log.match(/^plateau: 2: belt\.mp4: .*\/absent\/belt\.mp4.*$/gm)).toHaveLength(1);
  expect((await monitor.stop()).code).toBe(0);
});

test('a monitor that can never see anything ends with the error of its cameras', async () => {
  const flags = ['--model', knownAnswer, '--port', '0'];
  const missing = await plateau(['start', '/absent/belt.mp4', ...flags]);
  expect([missing.code, missing.stderr]).toEqual([
    3,
    expect.stringMatching(/^plateau: there is no file \/absent\/belt\.mp4: check the path\n$/),
  ]);
  const outside = await plateau(['start', lumps, '--zone', 'chute=900,10 950,10 950,90', ...flags]);
  expect([outside.code, outside.stderr]).toEqual([
    2,
    expect.stringMatching(/^plateau: Zone "chute" lies outside.*320x240.*\n$/),
  ]);
  const both = await plateau(['start', '/absent/a.mp4', '/absent/b.mp4', ...flags]);
  expect(both.code).toBe(3);
  expect(both.stderr).toMatch(/1: a\.mp4: .*\n.*2: b\.mp4: .*\nplateau: No camera is left to watch; .*\n$/);
});

test('a camera that is away is tried again for ever, also where it is the only one', async () => {
  await using monitor = await StartedMonitor.start(['rtsp://127.0.0.1:9/cam', '--model', knownAnswer]);
  await monitor.until(() => (monitor.log.match(/: connecting$/gm)?.length ?? 0) > 2, 40);
  expect(monitor.log).not.toMatch(/^plateau: /m);
  expect((await monitor.stop()).code).toBe(0);
});
