/** `plateau doctor` on machines, models and sources, good and bad. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { knownAnswer } from '../support/analyze-program.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';
import { plateau, spawnPlateau } from '../support/plateau-program.ts';

const lumps = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const doctorReport = z.looseObject({
  schema: z.literal('plateau.doctor/1'),
  checks: z.array(
    z.strictObject({
      subject: z.string(),
      status: z.enum(['ok', 'warning', 'failed']),
      text: z.string().min(1),
    }),
  ),
  sources: z.array(z.looseObject({ codec: z.string(), width: z.int(), height: z.int() })),
  memory: z
    .looseObject({ totalBytes: z.int().positive(), limitBytes: z.int().positive(), limitOrigin: z.string() })
    .nullable(),
  exitCode: z.int(),
});

test('a good machine, model and source: every check holds, in lines for people', async () => {
  const { code, stdout, stderr } = await plateau(['doctor', lumps, '--model', knownAnswer]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^✓ machine .*Node 2\d\./m);
  expect(stdout).toMatch(/^✓ ffmpeg .*GPL version 3/m);
  expect(stdout).toMatch(/^✓ model .*known-answer\.onnx: .*320x320.*classes coal/m);
  expect(stdout).toMatch(/^✓ source .*lumps\.mp4: h264 320x240, 10\.00 pictures\/s, 30\.0 s/m);
  expect(stdout).toMatch(/^✓ memory .*about \d+ MB for 1 camera/m);
});

test('without a source the size of its pictures is a guess, and is called one', async () => {
  const { code, stdout } = await plateau(['doctor', '--model', knownAnswer]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^✓ memory .*for 1 camera of 1280x720, a guess since none was opened \(\d+ MB each\)/m,
  );
});

test('a model of open size: the shape of each source is told', async () => {
  using models = new KnownAnswerFolder();
  const model = models.write({ dynamic: true, height: 640, width: 640 });
  const { stdout } = await plateau(['doctor', lumps, '--model', model]);
  expect(stdout).toMatch(/^✓ model .*input 640x640 \(of open size/m);
  expect(stdout).toMatch(/^✓ source .*the model runs it at 480x640/m);
});

test('--json gives the same as a report', async () => {
  const { code, stdout } = await plateau(['doctor', lumps, '--model', knownAnswer, '--json']);
  expect(code).toBe(0);
  const report = doctorReport.parse(JSON.parse(stdout));
  expect(report.sources).toMatchObject([{ codec: 'h264', width: 320, height: 240 }]);
  expect(report.checks.map(({ status }) => status)).not.toContain('failed');
  expect(report.exitCode).toBe(0);
});

test('a bad model and a bad source are told together, each once, with exit 3', async () => {
  const args = [
    'doctor',
    '/absent/belt.mp4',
    'rtsp://admin:geheim@127.0.0.1:9/cam',
    '--model',
    '/absent/coal.onnx',
  ];
  const { code, stdout, stderr } = await plateau(args);
  expect([code, stderr]).toEqual([3, '']);
  expect(stdout).toMatch(/^✗ model .*\/absent\/coal\.onnx/m);
  expect(stdout).toMatch(/^✗ source .*\/absent\/belt\.mp4/m);
  expect(stdout).toMatch(/^✗ source .*admin:\*\*\*@127\.0\.0\.1:9/m);
  expect(stdout).not.toContain('geheim');
});

test('a class that the model has not ends with exit 2, also in the report', async () => {
  const { code, stdout } = await plateau(['doctor', '--model', knownAnswer, '--class', 'wood', '--json']);
  expect(code).toBe(2);
  expect(doctorReport.parse(JSON.parse(stdout)).exitCode).toBe(2);
});

test('a warning about a model is no failure', async () => {
  using models = new KnownAnswerFolder();
  const { code, stdout } = await plateau(['doctor', '--model', models.write({ metadata: false })]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^! model /m);
});

test('--config examines its model and all of its cameras', async () => {
  using bench = new Workbench();
  const config = bench.write(
    'plant.yaml',
    `model: { file: ${knownAnswer} }\ncameras:\n  - { name: belt, url: ${lumps} }\n  - { name: chute, url: gone.mp4 }\n`,
  );
  const { code, stdout } = await plateau(['doctor', '--config', config]);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^✓ source .*lumps\.mp4/m);
  expect(stdout).toMatch(/^✗ source .*gone\.mp4/m);
});

test('--config is held against what it would start: zones on the pictures, budgets of each camera and of all', async () => {
  using bench = new Workbench();
  const zone = (name: string, points: string): string => `{ name: ${name}, points: ${points} }`;
  const outside = '[[900, 10], [950, 10], [950, 90]]';
  const beyond = '[[200, 10], [400, 10], [400, 90], [200, 90]]';
  const config = bench.write(
    'plant.yaml',
    `model: { file: ${knownAnswer} }
memory: { budgetMegabytes: 1 }
cameras:
  - { name: belt, url: ${lumps}, memoryMegabytes: 1, zones: [${zone('a', outside)}, ${zone('b', outside)}] }
  - { name: chute, url: ${lumps}, crop: true, zones: [${zone('c', beyond)}] }
`,
  );
  const { code, stdout, stderr } = await plateau(['doctor', '--config', config]);
  expect([code, stderr]).toEqual([3, '']);
  expect(stdout).toMatch(/^✗ zone .*belt: Zone "a" lies outside.*320x240.*: move it/m);
  expect(stdout).toMatch(/^✗ zone .*belt: Zone "b" lies outside/m);
  expect(stdout).toMatch(/^! zone .*chute: Zone "c" reaches out/m);
  expect(stdout).toMatch(/^✗ memory .*"belt" takes (\d+) MB.*allows 1 MB: raise it to \1/m);
  expect(stdout).toMatch(/^✗ memory .*All cameras.*memory\.budgetMegabytes allows 1 MB: raise it to \d+/m);
});

test('a zone outside of the picture alone ends with exit 2, and budgets that do are no finding', async () => {
  using bench = new Workbench();
  const plant = (points: string): string =>
    bench.write(
      'plant.yaml',
      `model: { file: ${knownAnswer} }\nmemory: { budgetMegabytes: 64 }\ncameras: [{ name: belt, url: ${lumps}, memoryMegabytes: 32, zones: [{ name: a, points: ${points} }] }]\n`,
    );
  const outside = await plateau(['doctor', '--config', plant('[[900, 10], [950, 10], [950, 90]]')]);
  expect(outside.code, outside.stdout).toBe(2);
  const good = await plateau(['doctor', '--config', plant('[[0, 0], [1, 0], [1, 1]]')]);
  expect(good.code, good.stdout).toBe(0);
});

test('a cap that the model does not fit into is found, from the configuration and from the flag', async () => {
  using bench = new Workbench();
  const config = bench.write(
    'plant.yaml',
    `model: { file: ${knownAnswer}, memoryMegabytes: 1 }\ncameras: [{ name: belt, url: ${lumps} }]\n`,
  );
  for (const args of [
    ['--config', config],
    ['--model', knownAnswer, '--model-memory', '1'],
  ]) {
    const { code, stdout } = await plateau(['doctor', ...args]);
    expect(code, stdout).toBe(3);
    expect(stdout).toMatch(/^✗ model .*model\.memoryMegabytes/m);
  }
});

test('stopped while a camera is mute it ends at once, in one sentence and without a verdict', async () => {
  let reached = (): void => undefined;
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  await using server = createServer((socket) => {
    // Read, or its end would never be seen.
    socket.on('error', () => undefined).resume();
    reached();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = `rtsp://user:secret@127.0.0.1:${port}/x`;
  const child = spawnPlateau(['doctor', address, '--model', knownAnswer]);
  let told = '';
  child.stderr?.on('data', (text: Buffer) => {
    told += text.toString();
  });
  await isReached;
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(1);
  expect(told).toBe(
    'plateau: The checks were stopped before their end, so there is no verdict; run them again.\n',
  );
});
