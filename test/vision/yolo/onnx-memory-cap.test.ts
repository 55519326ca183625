/** The hard cap on ONNX Runtime's memory, in a process of its own: its arena is the whole process's. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { missingBytes, OnnxMemoryCap } from '../../../src/vision/yolo/onnx-memory-cap.ts';
import { Yolo } from '../../../src/vision/yolo/yolo.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';

const script = fileURLToPath(new URL('../../support/capped-spike.ts', import.meta.url));
const restarts = fileURLToPath(new URL('../../support/restarted-cap.ts', import.meta.url));
const megabyte = 2 ** 20;

interface Spike {
  readonly answers: readonly { readonly code: string; readonly message: string }[];
  readonly baseBytes: number;
  readonly peakBytes: number;
  readonly endBytes: number;
}

function spike(limitBytes: number): Spike {
  using models = new KnownAnswerFolder();
  // Prototypes as large as the input: 13 MB at 320², 267 MB at 1080p.
  const model = models.write({ dynamic: true, stride: 1, height: 320, width: 320, maskChannels: 32 });
  const said = execFileSync(process.execPath, ['--conditions=source', script, model, String(limitBytes)], {
    env: { ...process.env, NODE_OPTIONS: '', MALLOC_ARENA_MAX: '2' },
  });
  return JSON.parse(String(said)) as Spike;
}

describe.skipIf(process.platform !== 'linux')('a cap on the runtime’s memory', { timeout: 120_000 }, () => {
  test('what needs more is refused by name, the next run works, and RSS stays below base + cap + 64 MB', () => {
    const cap = 64 * megabyte;
    const { answers, baseBytes, peakBytes, endBytes } = spike(cap);
    expect(answers.map(({ code }) => code)).toEqual([
      'ok',
      'ERR_BUDGET_EXCEEDED',
      'ok',
      'ERR_BUDGET_EXCEEDED',
      'ok',
    ]);
    expect(answers[1].message).toMatch(/^A run asked for 255\.0 MB when \d+\.\d of the model's 64\.0 MB/);
    expect(peakBytes).toBeLessThan(baseBytes + cap + 64 * megabyte);
    expect(endBytes).toBeLessThanOrEqual(peakBytes);
    console.log(
      `cap 64 MB: base ${(baseBytes / 1e6).toFixed(0)}, peak ${(peakBytes / 1e6).toFixed(0)}, end ${(endBytes / 1e6).toFixed(0)} MB`,
    );
  });

  test('without a cap the same runs pass, and go far beyond it', () => {
    const { answers, baseBytes, peakBytes } = spike(0);
    expect(answers.every(({ code }) => code === 'ok')).toBe(true);
    expect(peakBytes).toBeGreaterThan(baseBytes + 256 * megabyte);
  });

  test('a thread that died under a cap leaves room for its successor', () => {
    using models = new KnownAnswerFolder();
    const said = execFileSync(process.execPath, ['--conditions=source', restarts, models.write({})], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(String(said)).toBe('ok\n');
  });

  test('a model that does not fit is refused when it is opened, and leaves the process as it was', async () => {
    using models = new KnownAnswerFolder();
    const model = models.write({ dynamic: true, stride: 1, height: 640, width: 640, maskChannels: 32 });
    const limited = (memoryLimitBytes: number) => Yolo.open(model, { device: 'cpu', memoryLimitBytes });
    await expect(limited(16 * megabyte)).rejects.toMatchObject({ code: 'ERR_BUDGET_EXCEEDED' });
    await using yolo = await limited(128 * megabyte);
    expect(yolo.model.input).toEqual([640, 640]);
  });

  test('where more than the limit is taken, or a refusal reads otherwise, there is no cap', async () => {
    const install = (take: (bytes: number) => Promise<string | undefined>) =>
      OnnxMemoryCap.install(64 * megabyte, take);
    await expect(install(async () => undefined)).rejects.toMatchObject({ code: 'ERR_CAP_UNAVAILABLE' });
    await expect(install(async () => 'out of memory')).rejects.toThrow(/a refusal reads "out of memory"/);
    const refusal = 'Available memory of 1 is smaller than requested bytes of 2';
    await expect(install(async () => refusal)).rejects.toThrow(/nothing works any more/);
  });

  test('a GPU cannot be capped this way, and says so', async () => {
    using models = new KnownAnswerFolder();
    const opened = Yolo.open(models.write({}), { device: 'webgpu', memoryLimitBytes: megabyte });
    await expect(opened).rejects.toMatchObject({ code: 'ERR_CAP_UNAVAILABLE' });
  });
});

test('only the arena’s own words count as a refusal', () => {
  expect(missingBytes('… Available memory of 12 is smaller than requested bytes of 34')).toEqual({
    left: 12,
    asked: 34,
  });
  expect(missingBytes('bad allocation')).toBeUndefined();
});
