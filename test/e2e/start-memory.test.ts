/** The bounds on memory as `plateau start` takes them: flags in, API and metrics out. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { BudgetsStatus } from '../../src/runtime/camera-budgets.ts';
import { plateau } from '../support/plateau-program.ts';
import { StartedMonitor } from '../support/started-monitor.ts';

const lumps = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const model = fileURLToPath(new URL('../../models/known-answer-64.onnx', import.meta.url));
const megabyte = 2 ** 20;

test('budgets, the model’s cap and the leak level come from flags, and are told', {
  timeout: 90_000,
}, async () => {
  const flags = [
    '--memory-budget',
    '128',
    '--camera-memory',
    '48',
    '--model-memory',
    '64',
    '--leak-level',
    'paranoid',
  ];
  await using monitor = await StartedMonitor.start([lumps, '--model', model, ...flags]);
  await monitor.until(({ cameras }) => cameras[0].decided > 5, 40);
  const budgets = JSON.parse(String((await monitor.get('/api/budgets')).body)) as BudgetsStatus;
  expect(budgets.whole.limitBytes).toBe(128 * megabyte);
  expect(budgets.cameras['lumps.mp4']).toMatchObject({ limitBytes: 48 * megabyte, refused: 0 });
  expect(budgets.cameras['lumps.mp4'].usedBytes).toBe(budgets.whole.usedBytes);
  const metrics = String((await monitor.get('/metrics')).body);
  expect(metrics).toMatch(/^plateau_budget_bytes\{camera="lumps\.mp4",of="limit"\} 50331648$/m);
  const { code, log } = await monitor.stop();
  expect(code, log).toBe(0);
  expect(log).toMatch(/every resource was released/);
});

test('a budget that is too small for the only camera ends with a sentence that names the keys', {
  timeout: 90_000,
}, async () => {
  const flags = ['--model', model, '--camera-memory', '1', '--port', '0'];
  const { code, stderr } = await plateau(['start', lumps, ...flags]);
  expect(code, stderr).toBe(3);
  expect(stderr).toMatch(
    /^plateau: There is no memory for camera "lumps\.mp4".*cameras\[\]\.memoryMegabytes.*\n$/,
  );
});
