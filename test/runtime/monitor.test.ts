/** The monitor over real threads: what fails is started again, what does not fit is refused, and memory is told. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ledger, memoryMetrics } from '@plateau/memory';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { PlateauError } from '../../src/errors.ts';
import { liveCapture } from '../../src/runtime/capture-settings.ts';
import { defaults } from '../../src/runtime/defaults.ts';
import { memorySettings } from '../../src/runtime/memory-settings.ts';
import { Monitor, type MonitorStatus } from '../../src/runtime/monitor.ts';
import type { CameraSettings, MemorySettings, ModelSettings } from '../../src/runtime/settings.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';
import type { ZoneDefinition } from '../../src/vision/zones/polygon-zone.ts';
import { ClipFolder } from '../support/clips.ts';

const model: ModelSettings = {
  file: fileURLToPath(new URL('../../models/known-answer-64.onnx', import.meta.url)),
  names: null,
  device: 'cpu',
  threads: 1,
  confidence: defaults.confidence,
  className: null,
};
const clips = new ClipFolder();
const clip = clips.make('white.mp4', { source: 'color=white:s=320x240:r=10:d=3' });
afterAll(() => clips[Symbol.dispose]());
/** Resources that tests forgot on purpose: the ledger keeps them for good. */
let forgotten = 0;
afterEach(() => expect(ledger.liveCount).toBe(forgotten));

const blockage = { ...defaults.blockage, onDelaySeconds: 0.5, smoothSeconds: 0 };
const camera = (name: string, changes: Partial<CameraSettings> = {}): CameraSettings => ({
  name,
  zones: [{ zone: wholePicture, blockage }],
  capture: liveCapture(clip),
  ...changes,
});

interface Failure {
  readonly error: PlateauError;
  readonly retrySeconds: number;
}

class Watched implements AsyncDisposable {
  readonly monitor: Monitor;
  readonly failures: Failure[];

  private constructor(monitor: Monitor, failures: Failure[]) {
    this.monitor = monitor;
    this.failures = failures;
  }

  static async start(cameras: readonly CameraSettings[], memory?: Partial<MemorySettings>): Promise<Watched> {
    const failures: Failure[] = [];
    const listener = {
      onEvent: () => undefined,
      onCameraState: () => undefined,
      onFailure: (error: PlateauError, retrySeconds: number) => failures.push({ error, retrySeconds }),
    };
    const settings = { ...memorySettings(), ...memory };
    return new Watched(await Monitor.start(model, cameras, listener, settings), failures);
  }

  async until(what: string, condition: (status: MonitorStatus) => boolean): Promise<void> {
    for (let waited = 0; waited < 2400; waited += 1) {
      if (condition(this.monitor.status)) return;
      await delay(50);
    }
    throw new Error(`not within two minutes: ${what}; ${JSON.stringify(this.monitor.status.cameras)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.monitor.stop();
  }
}

/** Settings with which a thread fails, until `mend`: a fault that passes. */
class Faulty<Key extends 'zones' | 'capture'> {
  readonly settings: CameraSettings;
  #isBad = true;

  constructor(key: Key, bad: CameraSettings[Key]) {
    const good = camera('faulty');
    this.settings = Object.defineProperty({ ...good }, key, {
      enumerable: true,
      get: () => (this.#isBad ? bad : good[key]),
    });
  }

  mend(): void {
    this.#isBad = false;
  }
}

/** What JSON cannot tell, which no configuration makes: the thread that refuses the zone ends with a TypeError. */
const oddZone = [{ zone: { ...wholePicture, drawnFor: 1n } as unknown as ZoneDefinition, blockage }];
/** A path in an object, which no configuration makes: the thread that takes it apart ends with a TypeError. */
const oddSource = { ...liveCapture(clip, { exportLabels: 'labels' }), source: Object(clip) as string };

describe('a thread that fails', { timeout: 240_000 }, () => {
  test.each([
    ['inference', new Faulty('zones', oddZone)],
    ['capture', new Faulty('capture', oddSource)],
  ])(
    '%s: both start again, decisions go on, the alarm stands, and nothing is live afterwards',
    async (_, faulty) => {
      await using watched = await Watched.start([camera('healthy'), faulty.settings]);
      await watched.until('a failure', () => watched.failures.length > 0);
      faulty.mend();
      const [{ error, retrySeconds }] = watched.failures;
      expect(['ERR_INTERNAL', 'ERR_THREAD_DIED']).toContain(error.code);
      expect(retrySeconds).toBe(1);
      const before = watched.monitor.status.cameras[0].decided;
      await watched.until('decisions of both', ({ cameras }) =>
        cameras.every(({ decided }) => decided > before + 5),
      );
      await watched.until('both alarms', ({ cameras }) =>
        cameras.every(({ zones }) => zones[0].state === 'blocked'),
      );
      expect(watched.failures).toHaveLength(1);
      const last = await watched.monitor.stop();
      expect(last?.ledger.live).toBe(0);
    },
  );
});

describe('budgets', { timeout: 240_000 }, () => {
  test('a camera without memory costs itself, and the other one is watched', async () => {
    const small = camera('small', { memoryBudgetBytes: 64 * 1024 });
    await using watched = await Watched.start([small, camera('healthy')]);
    await watched.until('decisions', ({ cameras }) => cameras[1].decided > 5);
    const [refused] = watched.monitor.status.cameras;
    expect(refused).toMatchObject({ state: 'ended', decided: 0 });
    expect(refused.reason).toMatch(/no memory for camera "small".*memory\.budgetMegabytes/);
    expect(refused.zones[0]).toMatchObject({ coverage: null });
    expect(watched.failures).toEqual([]);
    const { budgets } = watched.monitor.status;
    expect(budgets?.cameras.healthy.usedBytes).toBeGreaterThan(1e6);
    expect(budgets?.whole.limitBytes).toBeNull();
  });

  test('a decoder that does not fit ends its camera as well, with its ring given back', async () => {
    const small = camera('small', { memoryBudgetBytes: 2 * 2 ** 20 });
    await using watched = await Watched.start([small, camera('healthy')]);
    await watched.until('the end of the small one', ({ cameras }) => cameras[0].state === 'ended');
    await watched.until('its memory', ({ budgets }) => budgets?.cameras.small === undefined);
    expect(watched.monitor.status.cameras[0].reason).toMatch(/a decoder of 320x240 pictures/);
    const seen = watched.monitor.status.cameras[1].decided;
    await watched.until('decisions', ({ cameras }) => cameras[1].decided > seen + 5);
  });

  test('with hardly more than its decoders the monitor raises alarms and gives no pictures', async () => {
    await using watched = await Watched.start([camera('healthy')], { budgetBytes: 5.9 * 2 ** 20 });
    await watched.until('the alarm', ({ cameras }) => cameras[0].zones[0].state === 'blocked');
    expect(await watched.monitor.camera(0)?.picture(2000)).toBeUndefined();
    expect(watched.monitor.status.budgets?.whole.refused).toBe(1);
  });
});

test('the metrics are the core’s own, with every thread, ring and budget in them', {
  timeout: 240_000,
}, async () => {
  await using watched = await Watched.start([camera('belt')], { budgetBytes: 64 * 2 ** 20 });
  await watched.until('decisions', ({ cameras }) => cameras[0].decided > 5);
  const sources = await watched.monitor.memorySources();
  if (sources === undefined) throw new Error('the pipeline is down');
  expect(sources.sample.threads).toBe(3);
  const text = memoryMetrics(sources);
  expect(text).toMatch(/^plateau_ring_frames_total\{camera="belt",event="taken"\} [1-9]/m);
  expect(text).toMatch(/^plateau_budget_bytes\{of="limit"\} 67108864$/m);
  expect(text).toMatch(/^plateau_budget_bytes\{camera="belt",of="used"\} [1-9]\d{6,}$/m);
  expect(text).toMatch(/^plateau_live_resources\{kind="OnnxSession"\} 1$/m);
});

test('no point of memory says that nothing is live before the threads have told', {
  timeout: 240_000,
}, async () => {
  await using watched = await Watched.start([camera('belt')]);
  await watched.until('memory', ({ memory }) => memory.length > 1);
  for (const { liveResources, rssBytes } of watched.monitor.status.memory) {
    expect(liveResources).toBeGreaterThan(0);
    expect(rssBytes).toBeGreaterThan(1e6);
  }
});

test('a resource that is forgotten while it watches is found and named with its line', {
  timeout: 240_000,
}, async () => {
  await using watched = await Watched.start([camera('belt')]);
  const forget = (): void => {
    forgotten += 1;
    ledger.track({ kind: 'VideoCapture', bytes: 1e6, always: true });
  };
  forget();
  for (let turn = 0; turn < 3; turn += 1) await watched.monitor.findMistakes();
  const [mistake] = watched.monitor.status.mistakes;
  expect(mistake).toMatchObject({ mistake: 'unreleased', count: 1 });
  expect(mistake.site).toMatch(/monitor\.test\.ts:\d+/);
});
