/** `plateau start` on real RTSP cameras: one dies and returns, others hang, and the healthy one must not notice. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { knownAnswer } from '../support/analyze-program.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { MuteListener, RtspServer, rtspMissing } from '../support/rtsp.ts';
import { StartedMonitor } from '../support/started-monitor.ts';

const rate = 10;
const absent = whatIsAbsent(['ffmpeg']) ?? rtspMissing;

/** Counts what one camera decides, against what it sends. */
class DecisionCount {
  readonly #monitor: StartedMonitor;
  readonly #camera: number;
  readonly #began = performance.now();
  readonly #before: number;

  private constructor(monitor: StartedMonitor, camera: number, before: number) {
    this.#monitor = monitor;
    this.#camera = camera;
    this.#before = before;
  }

  static async begin(monitor: StartedMonitor, camera: number): Promise<DecisionCount> {
    return new DecisionCount(monitor, camera, (await monitor.camera(camera)).decided);
  }

  /** Share of the pictures sent since the beginning that were decided. */
  async share(): Promise<number> {
    const { decided } = await this.#monitor.camera(this.#camera);
    const seconds = (performance.now() - this.#began) / 1000;
    // The picture in hand when the count began, and the one when it ended, are not the camera's fault.
    return (decided - this.#before + 1) / (seconds * rate);
  }
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

  const flags = ['--model', knownAnswer, '--on-delay', '1', '--smooth', '0'];

  test('a camera that dies leaves its zones unknown and its alarm as it was, and returns by itself', {
    timeout: 90_000,
  }, async () => {
    await using healthy = await RtspServer.start({ file });
    await using servers = new AsyncDisposableStack();
    const dying = servers.use(await RtspServer.start({ file }));
    await using monitor = await StartedMonitor.start([healthy.url, dying.url, ...flags]);
    await monitor.until(({ cameras }) => cameras.every(({ zones }) => zones[0].state === 'blocked'), 20);
    const others = await DecisionCount.begin(monitor, 0);

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
    timeout: 90_000,
  }, async () => {
    await using listeners = new AsyncDisposableStack();
    const mute: string[] = [];
    for (let index = 0; index < 8; index += 1)
      mute.push(`rtsp://admin:secret@127.0.0.1:${listeners.use(await MuteListener.start()).port}/cam`);
    await using stopping = await RtspServer.start({ file });
    await using healthy = await RtspServer.start({ file });
    await using monitor = await StartedMonitor.start([healthy.url, stopping.url, ...mute, ...flags]);
    await monitor.until(
      ({ cameras }) => cameras.slice(0, 2).every(({ zones }) => zones[0].state === 'blocked'),
      20,
    );

    const healthyDecisions = await DecisionCount.begin(monitor, 0);
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
