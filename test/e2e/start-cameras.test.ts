/** `plateau start` on real RTSP cameras: one dies and returns, others hang, and the healthy one must not notice. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { MuteListener, RtspServer, rtspMissing } from '../support/rtsp.ts';
import { StartedMonitor } from '../support/started-monitor.ts';

/** Cheap to run: what is under test is the waiting, not the model. */
const smallModel = fileURLToPath(new URL('../../models/known-answer-64.onnx', import.meta.url));
const rate = 10;
const absent = whatIsAbsent(['ffmpeg']) ?? rtspMissing;

/**
 * Counts what the healthy camera decides, beside a monitor that watches nothing else: what the machine itself costs at
 * this moment shows there as well.
 */
class DecisionCount {
  readonly #monitors: readonly StartedMonitor[];
  readonly #before: readonly number[];

  private constructor(monitors: readonly StartedMonitor[], before: readonly number[]) {
    this.#monitors = monitors;
    this.#before = before;
  }

  static async begin(watching: StartedMonitor, alone: StartedMonitor): Promise<DecisionCount> {
    const monitors = [watching, alone];
    return new DecisionCount(monitors, await decided(monitors));
  }

  /** Decisions since the beginning, over those of the monitor that has the healthy camera alone. */
  async share(): Promise<number> {
    const [watching, alone] = (await decided(this.#monitors)).map(
      (count, index) => count - this.#before[index],
    );
    expect(alone).toBeGreaterThan(30);
    // A picture at each end may fall to the one side or to the other.
    return (watching + 2) / alone;
  }
}

/** Decisions of each monitor's first camera. */
function decided(monitors: readonly StartedMonitor[]): Promise<number[]> {
  return Promise.all(monitors.map(async (monitor) => (await monitor.camera(0)).decided));
}

describe.skipIf(skipFor(absent))(`cameras of start${because(absent)}`, () => {
  const stack = new DisposableStack();
  let file: string;
  beforeAll(() => {
    const bench = stack.use(new Workbench());
    const source = `color=white:s=320x240:r=${rate}:d=180`;
    file = bench.ffmpeg(
      '-f',
      'lavfi',
      '-i',
      source,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      `${rate}`,
      '-pix_fmt',
      'yuv420p',
      'white.mp4',
    );
  }, 60_000);
  afterAll(() => stack.dispose());

  const flags = ['--model', smallModel, '--on-delay', '1', '--smooth', '0'];

  test('a camera that dies leaves its zones unknown and its alarm as it was, and returns by itself', {
    timeout: 150_000,
    retry: 1,
  }, async () => {
    await using healthy = await RtspServer.start({ file });
    await using servers = new AsyncDisposableStack();
    const dying = servers.use(await RtspServer.start({ file }));
    await using alone = await StartedMonitor.start([healthy.url, ...flags]);
    await using monitor = await StartedMonitor.start([healthy.url, dying.url, ...flags]);
    await monitor.until(({ cameras }) => cameras.every(({ zones }) => zones[0].state === 'blocked'), 20);
    const others = await DecisionCount.begin(monitor, alone);

    await dying[Symbol.asyncDispose]();
    await monitor.until(({ cameras }) => cameras[1].state !== 'live' && cameras[1].reason !== null, 10);
    const lost = await monitor.camera(1);
    expect(lost.zones[0]).toMatchObject({ coverage: null, state: 'blocked', unknownReason: lost.reason });
    await delay(4000);
    const { zones, state } = await monitor.camera(1);
    expect(['waiting', 'connecting', 'stalled']).toContain(state);
    expect(zones[0]).toMatchObject({ coverage: null, state: 'blocked' });

    servers.use(await RtspServer.start({ file, port: dying.port }));
    await monitor.until(
      ({ cameras }) => cameras[1].state === 'live' && cameras[1].zones[0].coverage === 1,
      30,
    );
    expect((await monitor.camera(1)).zones[0].state).toBe('blocked');
    expect(await others.share()).toBeGreaterThanOrEqual(0.95);
    // Neither camera's alarm was raised twice or cleared by the loss.
    expect((await monitor.status()).events.map(({ type }) => type)).toEqual(['blocked', 'blocked']);
    const { code, log, seconds } = await monitor.stop();
    expect(code, log).toBe(0);
    expect(seconds).toBeLessThan(3);
    expect(log).toMatch(/every resource was released/);
  });

  test('eight mute listeners and a stopped camera hold up neither the healthy one, nor the page, nor the end', {
    timeout: 150_000,
    retry: 1,
  }, async () => {
    await using listeners = new AsyncDisposableStack();
    const mute: string[] = [];
    for (let index = 0; index < 8; index += 1)
      mute.push(`rtsp://admin:secret@127.0.0.1:${listeners.use(await MuteListener.start()).port}/cam`);
    await using stopping = await RtspServer.start({ file });
    await using healthy = await RtspServer.start({ file });
    await using alone = await StartedMonitor.start([healthy.url, ...flags]);
    await using monitor = await StartedMonitor.start([healthy.url, stopping.url, ...mute, ...flags]);
    await monitor.until(
      ({ cameras }) => cameras.slice(0, 2).every(({ zones }) => zones[0].state === 'blocked'),
      20,
    );

    const healthyDecisions = await DecisionCount.begin(monitor, alone);
    stopping.signal('SIGSTOP');
    const answers: number[] = [];
    for (const began = performance.now(); performance.now() - began < 9000; await delay(200)) {
      const asked = performance.now();
      await monitor.status();
      answers.push(performance.now() - asked);
    }
    expect(await healthyDecisions.share()).toBeGreaterThanOrEqual(0.95);
    // The median: single answers are as slow as a busy machine makes them.
    expect(answers.toSorted((a, b) => a - b)[Math.floor(answers.length / 2)]).toBeLessThan(100);
    const status = await monitor.status();
    expect(JSON.stringify(status)).not.toContain('secret');
    const { cameras } = status;
    expect(cameras[1].state).not.toBe('live');
    expect(cameras[1].zones[0]).toMatchObject({ coverage: null, state: 'blocked' });
    for (const camera of cameras.slice(2)) {
      expect(camera.zones[0].coverage).toBeNull();
      expect(camera.reason ?? '').toMatch(/^$|did not answer within/);
    }

    const { code, log, seconds } = await monitor.stop();
    expect(code, log).toBe(0);
    expect(seconds).toBeLessThan(3);
    expect(log).toMatch(/every resource was released/);
    expect(log).not.toContain('secret');
  });
});
