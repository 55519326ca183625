import { setTimeout as delay } from 'node:timers/promises';
import { ledger } from '@plateau/memory';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { CameraFeed, type CameraFeedOptions } from '../../../src/vision/video/camera-feed.ts';
import type { VideoInfo } from '../../../src/vision/video/video-capture.ts';
import { ClipFolder } from '../../support/clips.ts';
import { MuteListener, makeCertificate, RtspServer, rtspMissing, skipRtsp } from '../../support/rtsp.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());
afterEach(() => expect(ledger.liveCount).toBe(0));

/** A feed that notes all it is told. */
class Watched implements AsyncDisposable {
  readonly times: number[] = [];
  readonly arrivals: number[] = [];
  readonly unknown: number[] = [];
  readonly states: string[] = [];
  readonly reasons: string[] = [];
  readonly infos: VideoInfo[] = [];
  readonly feed: CameraFeed;
  readonly #ended: Promise<void>;

  constructor(source: string, options: Partial<CameraFeedOptions> = {}) {
    this.feed = new CameraFeed({
      source,
      timeoutSeconds: 3,
      stallSeconds: 2,
      onFrame: (frame) => {
        this.times.push(frame.timestampSeconds);
        this.arrivals.push(performance.now() / 1000);
        if (frame.unknownReason !== null) this.unknown.push(this.times.length - 1);
      },
      onState: (state, reason) => {
        this.states.push(state);
        if (reason !== null) this.reasons.push(reason);
      },
      onOpened: (info) => this.infos.push(info),
      ...options,
    });
    this.#ended = this.feed.run();
    // Whoever asks for the end gets the error; nobody asks where the feed goes on until it is disposed of.
    Promise.allSettled([this.#ended]);
  }

  get ended(): Promise<void> {
    return this.#ended;
  }

  async until(reached: () => boolean, seconds = 20): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    while (!reached()) {
      if (performance.now() > deadline) {
        throw new Error(
          `not within ${seconds} s; states ${this.states.join(' ')}, ${this.reasons.join(' | ')}`,
        );
      }
      await delay(10);
    }
  }

  async frames(count: number, seconds?: number): Promise<void> {
    await this.until(() => this.times.length >= count, seconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.feed[Symbol.asyncDispose]();
  }
}

function ascends(times: readonly number[]): boolean {
  return times.every((time, i) => i === 0 || time > (times[i - 1] as number));
}

describe('a recording as a camera', () => {
  const clip = clips.make('loop.mp4', { source: 'testsrc2=s=64x48:r=20:d=0.5' });

  test('a loop passes in real time, and times ascend over its end', async () => {
    await using watched = new Watched(clip, { loop: true });
    await watched.frames(30);
    expect(ascends(watched.times)).toBe(true);
    expect(watched.times[29]).toBeCloseTo(1.45, 2);
    const passed = (watched.arrivals[29] as number) - (watched.arrivals[0] as number);
    expect(passed).toBeGreaterThan(1.3);
    expect(watched.states).toEqual(['connecting', 'live']);
  });

  test('without a loop the feed ends with the recording', async () => {
    await using watched = new Watched(clip);
    await watched.ended;
    expect(watched.times).toHaveLength(10);
  });

  test('a recording that cannot be read is not tried again', async () => {
    await using watched = new Watched(clips.file('missing.mp4'), { loop: true });
    await expect(watched.ended).rejects.toMatchObject({ code: 'ERR_SOURCE_MISSING' });
  });

  test('what the receiver of frames throws ends the feed', async () => {
    const onFrame = () => {
      throw new Error('a defect of the receiver');
    };
    await using watched = new Watched(clip, { loop: true, onFrame });
    await expect(watched.ended).rejects.toThrow('a defect of the receiver');
  });
});

describe('a camera that is away', () => {
  test('is tried again after growing waits, with a reason, and stops at once', async () => {
    await using watched = new Watched('rtsp://admin:secret@127.0.0.1:9/cam', { random: () => 0 });
    await watched.until(() => watched.states.length >= 6);
    expect(watched.states.slice(0, 4)).toEqual(['connecting', 'waiting', 'connecting', 'waiting']);
    expect(watched.reasons[0]).toMatch(/refused the connection.*next try in 0\.3 s/);
    expect(watched.reasons[1]).toMatch(/next try in 0\.5 s/);
    expect(watched.reasons.join()).not.toContain('secret');
    const asked = performance.now();
    watched.feed.stop();
    await watched.ended;
    expect(performance.now() - asked).toBeLessThan(200);
  });

  test('a mute listener is given up after the time limit, and stopping meanwhile takes milliseconds', async () => {
    await using listener = await MuteListener.start();
    const url = `rtsp://127.0.0.1:${listener.port}/cam`;
    await using watched = new Watched(url, { timeoutSeconds: 1 });
    await watched.until(() => watched.states.includes('waiting'));
    expect(watched.reasons[0]).toMatch(/did not answer within 1 s/);
    await using other = new Watched(url, { timeoutSeconds: 60 });
    await delay(300);
    const asked = performance.now();
    other.feed.stop();
    await other.ended;
    expect(performance.now() - asked).toBeLessThan(500);
  });
});

describe.skipIf(skipRtsp)(`a real RTSP camera${rtspMissing === undefined ? '' : ` (${rtspMissing})`}`, () => {
  const file = clips.make('camera.mp4', {
    source: 'testsrc2=s=160x120:r=25:d=40',
    encoderOptions: { g: '25' },
  });

  test('delivers its frames over TCP, shown before a second is over', async () => {
    await using server = await RtspServer.start({ file });
    await using watched = new Watched(server.url);
    await watched.frames(50);
    expect(watched.infos[0]).toMatchObject({
      live: true,
      codec: 'h264',
      width: 160,
      height: 120,
      transport: 'tcp',
    });
    expect(ascends(watched.times)).toBe(true);
    expect(watched.unknown).toEqual([]);
  });

  test('a camera that speaks RTSPS, with a certificate of its own, is read and its password masked', async () => {
    const tls = makeCertificate(clips.file('camera.pem'));
    await using server = await RtspServer.start({ file, tls, user: 'admin', password: 'secret' });
    await using watched = new Watched(server.url.replace('://', '://admin:secret@'));
    await watched.frames(10);
    expect(watched.infos[0]?.label).toMatch(/^rtsps:\/\/admin:\*\*\*@/);
  });

  test('C03: a camera that knows UDP only is found by itself, and each transport can be pinned', async () => {
    await using server = await RtspServer.start({ file, protocols: 'udp' });
    await using watched = new Watched(server.url);
    await watched.frames(25);
    expect(watched.infos[0]?.transport).toBe('udp');
    await using pinned = new Watched(server.url, { transport: 'tcp' });
    await pinned.until(() => pinned.states.includes('waiting'));
    expect(pinned.reasons[0]).toMatch(/does not offer this transport/);
    await using both = await RtspServer.start({ file });
    await using overUdp = new Watched(both.url, { transport: 'udp' });
    await overUdp.frames(25);
    expect(overUdp.infos[0]?.transport).toBe('udp');
  });

  test('C03: a camera whose UDP never arrives is watched over TCP by itself, and told when UDP is pinned', async () => {
    await using server = await RtspServer.start({ file, loseUdp: true });
    await using watched = new Watched(server.url);
    await watched.frames(25);
    expect(watched.infos[0]?.transport).toBe('tcp');
    await using pinned = new Watched(server.url, { transport: 'udp' });
    await pinned.until(() => pinned.states.includes('waiting'));
    expect(pinned.times).toEqual([]);
  });

  test.each(['P@ss', 'a#b:c/d?e', '100%21', 'mật khẩu'])(
    'C01: the password %s opens the camera, encoded and raw',
    async (password) => {
      await using server = await RtspServer.start({ file, user: 'admin', password });
      for (const spelling of [encodeURIComponent(password), password]) {
        const url = `rtsp://admin:${spelling}@127.0.0.1:${server.port}/cam`;
        await using watched = new Watched(url);
        await watched.frames(3);
        expect(JSON.stringify(watched.infos)).not.toContain(spelling);
      }
    },
  );

  test('C01: a wrong password is called refused, and tried again only after minutes', async () => {
    await using server = await RtspServer.start({ file, user: 'admin', password: 'right' });
    await using watched = new Watched(`rtsp://admin:wr%40ng@127.0.0.1:${server.port}/cam`);
    await watched.until(() => watched.states.includes('waiting'));
    expect(watched.reasons[0]).toMatch(
      /refused the user name or password.*next try in (?:6\d|[7-9]\d|1[01]\d)\.\d s/,
    );
    expect(watched.reasons.join()).not.toMatch(/wr%40ng|wr@ng/);
  });

  test('C05: a camera that stops sending is stalled within the set time, and back after it goes on', async () => {
    await using server = await RtspServer.start({ file });
    await using watched = new Watched(server.url, { random: () => 0 });
    await watched.frames(10);
    server.signal('SIGSTOP');
    const stopped = performance.now();
    await watched.until(() => watched.states.includes('stalled'));
    expect((performance.now() - stopped) / 1000).toBeLessThan(4);
    expect(watched.reasons[0]).toMatch(/sent no(?:thing| picture) for \d s/);
    const seen = watched.times.length;
    server.signal('SIGCONT');
    await watched.frames(seen + 10, 15);
    expect(watched.feed.counters).toMatchObject({ stalls: 1, reconnects: 1 });
    expect(watched.states.at(-1)).toBe('live');
  });

  test('a camera that dies is lost, and found again with another size', async () => {
    const wide = clips.make('wide.mp4', {
      source: 'testsrc2=s=320x180:r=25:d=20',
      encoderOptions: { g: '25' },
    });
    await using first = await RtspServer.start({ file });
    await using watched = new Watched(first.url, { random: () => 0 });
    await watched.frames(10);
    await first[Symbol.asyncDispose]();
    await watched.until(() => watched.states.includes('waiting'));
    await using second = await RtspServer.start({ file: wide, port: first.port });
    await watched.until(() => watched.infos.length === 2, 20);
    await watched.frames(watched.times.length + 10);
    expect(second.port).toBe(first.port);
    expect(watched.infos[1]).toMatchObject({ width: 320, height: 180 });
    expect(watched.feed.counters.reconnects).toBe(1);
  });

  test('where pictures are lost on the way, all is unknown until the next key frame, and no longer', async () => {
    await using server = await RtspServer.start({ file, drop: 0.04 });
    const run: { unknown: boolean; isKeyTime: boolean }[] = [];
    await using watched = new Watched(server.url, {
      onFrame: (frame) => {
        // Key frames come each second of the source, which begins at 0.
        const isKeyTime = Math.abs(frame.timestampSeconds - Math.round(frame.timestampSeconds)) < 0.001;
        run.push({ unknown: frame.unknownReason !== null, isKeyTime });
      },
    });
    await watched.until(() => run.filter((one) => one.unknown).length > 20 && run.length > 200, 25);
    for (const [index, { unknown }] of run.entries()) {
      const before = run[index - 1];
      if (before?.unknown && !unknown) expect(run[index]?.isKeyTime).toBe(true);
    }
    expect(run.filter((one) => !one.unknown).length).toBeGreaterThan(20);
    expect(watched.feed.counters).toMatchObject({ reconnects: 0, stalls: 0 });
  });

  test('C12: RTP times that wrap after two seconds go on as if nothing were', async () => {
    // 2^32 less two seconds of the 90 kHz clock.
    await using server = await RtspServer.start({ file, timestampOffset: 2 ** 32 - 180_000 });
    await using watched = new Watched(server.url);
    await watched.frames(125);
    expect(ascends(watched.times)).toBe(true);
    const span = (watched.times[124] as number) - (watched.times[0] as number);
    expect(span).toBeCloseTo(4.96, 1);
    expect(watched.feed.counters).toMatchObject({ timeLeaps: 0, reconnects: 0 });
  });
});
