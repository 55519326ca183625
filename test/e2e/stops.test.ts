/** Stopping in the middle of an inference, which a killed thread would turn into the end of the whole process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';
import { repository, spawnPlateau } from '../support/plateau-program.ts';
import { StartedMonitor } from '../support/started-monitor.ts';

const lumps = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const script = fileURLToPath(new URL('../support/stops-in-inference.ts', import.meta.url));

/** 20 by default; PLATEAU_STOPS=100 for the full number. */
const stops = Number(process.env.PLATEAU_STOPS ?? 20);

test(`${stops} stops in mid-inference end with exit 0 and nothing live`, {
  timeout: 30_000 + stops * 5000,
}, async () => {
  using models = new KnownAnswerFolder();
  const model = models.write({ height: 1024, width: 1024 });
  const child = spawn(process.execPath, ['--conditions=source', script, model, lumps, String(stops)], {
    cwd: repository,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaints = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const [code, signal] = await once(child, 'close');
  expect([code, signal, complaints]).toEqual([0, null, '']);
  const { stopMilliseconds, inferenceMilliseconds, live } = JSON.parse(said) as {
    stopMilliseconds: number[];
    inferenceMilliseconds: number[];
    live: number;
  };
  expect(stopMilliseconds).toHaveLength(stops);
  expect(live).toBe(0);
  // A figure and no assert: how fast a stop is depends on what else the machine does. bench/ measures it.
  const worst = Math.max(...stopMilliseconds.map((stop, turn) => stop - inferenceMilliseconds[turn]));
  console.log(
    `stops took up to one inference and ${worst.toFixed(0)} ms (an inference: ${Math.max(...inferenceMilliseconds).toFixed(0)} ms)`,
  );
});

test('SIGTERM in mid-inference ends the command with exit 0 and every resource released', async () => {
  using models = new KnownAnswerFolder();
  const model = models.write({ height: 1024, width: 1024 });
  await using monitor = await StartedMonitor.start([lumps, '--model', model]);
  await monitor.until(({ cameras }) => cameras[0].decided > 2, 20);
  const { code, log } = await monitor.stop();
  expect(code, log).toBe(0);
  expect(log).toMatch(/Stopped; every resource was released\.\n$/);
});

test('SIGTERM while the model is being loaded ends the command with exit 0', async () => {
  const child = spawnPlateau([
    'start',
    lumps,
    '--port',
    '0',
    '--model',
    fileURLToPath(new URL('../../models/known-answer.onnx', import.meta.url)),
  ]);
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'close');
  // From the moment on at which the process can catch it, in steps through its start.
  setTimeout(() => child.kill('SIGTERM'), 900);
  const [code, signal] = await ended;
  // Before the handler stands, the signal ends the process as it ends any other; nothing has been opened by then.
  expect([0, null]).toContain(code);
  expect(signal === null || signal === 'SIGTERM').toBe(true);
  expect(said).not.toMatch(/defect|Error/);
});
