import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledger } from '@plateau/memory';
import { afterAll, describe, expect, test } from 'vitest';
import { VideoCapture, type VideoCaptureOptions } from '../../../src/vision/video/video-capture.ts';
import type { KeptFrame } from '../../../src/vision/video/video-frame.ts';
import { ClipFolder } from '../../support/clips.ts';
import { dropKeyFrame, dropUnit, flipBytes, splitUnits } from '../../support/clips-damage.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());

const scene = 'testsrc2=s=320x240:r=10:d=6';
const base = clips.make('base.mp4', { source: scene, encoderOptions: { g: '10' } });

async function readAll(path: string, options: VideoCaptureOptions = {}) {
  await using capture = await VideoCapture.open(path, options);
  const times: number[] = [];
  const sizes = new Set<string>();
  const unknown: number[] = [];
  let index = 0;
  for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
    times.push(Number(frame.timestampSeconds.toFixed(4)));
    sizes.add(`${frame.width}x${frame.height}`);
    if (frame.unknownReason !== null) unknown.push(index);
    index += 1;
  }
  const { info, counters, truncatedAt, warnings } = capture;
  return { times, sizes: [...sizes], unknown, info, counters: { ...counters }, truncatedAt, warnings };
}

function steps(count: number, first: number, interval: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((first + i * interval).toFixed(4)));
}

describe('reading a recording', () => {
  test('every picture comes once, in order, and then the end', async () => {
    const { times, info, counters, truncatedAt, warnings } = await readAll(base);
    expect(times).toEqual(steps(60, 0, 0.1));
    expect(info).toMatchObject({
      live: false,
      codec: 'h264',
      width: 320,
      height: 240,
      rotationDegrees: 0,
      frameRate: 10,
      durationSeconds: 6,
      frameCountEstimate: 60,
    });
    expect(counters).toMatchObject({ decoded: 60, damaged: 0, unknown: 0 });
    expect(truncatedAt).toBeNull();
    expect(warnings).toEqual([]);
  });

  test("C09: times of a variable frame rate are the pictures' own", async () => {
    const keep = (index: number, seconds: number) => seconds < 3 || index % 5 === 0;
    const vfr = clips.make('vfr.mp4', { source: scene, keep });
    const { times } = await readAll(vfr);
    expect(times).toEqual([...steps(30, 0, 0.1), ...steps(6, 3, 0.5)]);
  });

  test.each([
    [90, 360, 640],
    [180, 640, 360],
    [270, 360, 640],
  ])(
    'C10: a recording turned by %i degrees has the size that players show',
    async (rotation, width, height) => {
      const source = 'color=black:s=640x360:r=10:d=1,drawbox=x=320:w=320:h=360:color=white:t=fill';
      const turned = clips.make(`turned-${rotation}.mp4`, { source, rotation });
      const { info, sizes } = await readAll(turned);
      expect(info).toMatchObject({ width, height, rotationDegrees: 360 - rotation });
      expect(sizes).toEqual([`${width}x${height}`]);
    },
  );

  test('C11: a size that changes in mid-stream, with a step back in time, reads through', async () => {
    const a = clips.make('a.ts', { source: 'testsrc2=s=320x240:r=10:d=3' });
    const b = clips.make('b.ts', { source: 'testsrc2=s=640x480:r=10:d=3', startSeconds: 2.5 });
    const change = clips.file('change.ts');
    writeFileSync(change, Buffer.concat([readFileSync(a), readFileSync(b)]));
    const { times, sizes, counters, unknown } = await readAll(change);
    expect(sizes).toEqual(['320x240', '640x480']);
    expect(counters).toMatchObject({ decoded: 60, geometryChanges: 1 });
    expect(times.every((time, i) => i === 0 || time > (times[i - 1] as number))).toBe(true);
    expect(unknown).toEqual([]);
  });

  test('C12: an MPEG-TS whose time counter wraps begins at 0 and ascends', async () => {
    const wrap = clips.make('wrap.ts', { source: 'testsrc2=s=320x240:r=10:d=10', startSeconds: 95_440 });
    const { times, warnings } = await readAll(wrap);
    expect(times[0]).toBe(0);
    expect(times).toEqual(steps(100, 0, 0.1));
    expect(warnings.join()).toMatch(/began below 0/);
  });

  test('C15: bare H.264 and AVI with B-frames, which carry no times, step by the coded rate', async () => {
    const encoderOptions = { bf: '2' };
    const raw = clips.make('raw.h264', { source: scene, encoderOptions });
    const avi = clips.make('bf.avi', { source: scene, encoderOptions });
    expect((await readAll(raw)).times).toEqual(steps(60, 0, 0.1));
    expect((await readAll(avi)).times).toEqual(steps(60, 0, 0.1));
  });

  test('C16: pictures ahead of an edit list are not shown', async () => {
    const cut = clips.make('cut.mp4', {
      source: scene,
      startSeconds: -0.4,
      encoderOptions: { g: '50', bf: '2' },
    });
    const { times, unknown } = await readAll(cut);
    expect(times).toEqual(steps(56, 0, 0.1));
    expect(unknown).toEqual([]);
  });

  test('C16: where sound comes first, the picture keeps its later start', async () => {
    const late = clips.make('late.mp4', { source: scene, startSeconds: 2, toneSeconds: 6 });
    const { times } = await readAll(late);
    expect(times).toEqual(steps(60, 2, 0.1));
  });

  test('a looped recording goes on ascending', async () => {
    await using capture = await VideoCapture.open(base, { loop: true });
    const times: number[] = [];
    let breaks = 0;
    for (let i = 0; i < 150; i += 1) {
      const frame = await capture.read();
      times.push(Number(frame?.timestampSeconds.toFixed(4)));
      if (frame?.discontinuity) breaks += 1;
    }
    expect(times).toEqual(steps(150, 0, 0.1));
    expect(breaks).toBe(2);
  });

  test('a folder of pictures is read in the order of its numbers, at its own rate', async () => {
    const folder = clips.file('pictures');
    mkdirSync(folder);
    for (const [name, size] of [
      ['p10.png', '64x48'],
      ['p2.jpg', '32x24'],
      ['p1.png', '64x48'],
    ] as const) {
      const encoder = name.endsWith('png') ? 'png' : 'mjpeg';
      const pixelFormat = encoder === 'png' ? 'rgb24' : 'yuvj420p';
      clips.make(join('pictures', name), {
        source: `testsrc2=s=${size}:r=1:d=1`,
        encoder,
        pixelFormat,
        format: 'image2',
        formatOptions: { update: '1' },
      });
    }
    writeFileSync(join(folder, 'notes.txt'), 'no picture');
    writeFileSync(join(folder, 'p5.jpg'), 'no picture either');
    const { times, counters, info } = await readAll(folder, { folderFrameRate: 2 });
    expect(times).toEqual([0, 0.5, 1]);
    expect(info).toMatchObject({ container: 'folder', width: 64, height: 48, frameCountEstimate: 4 });
    expect(counters).toMatchObject({ decoded: 3, damaged: 1, geometryChanges: 2 });
  });

  test('a JPEG that says how it is to be turned is shown so, once it is known', async () => {
    const jpeg = readFileSync(
      clips.make('turned.jpg', {
        source: 'testsrc2=s=64x48:r=1:d=1',
        encoder: 'mjpeg',
        pixelFormat: 'yuvj420p',
        format: 'image2',
        formatOptions: { update: '1' },
      }),
    );
    // Behind the two bytes that begin it: an Exif segment whose one entry is the orientation, a quarter turn clockwise.
    const exif = Buffer.from(
      'ffe100224578696600004d4d002a00000008000101120003000000010006000000000000',
      'hex',
    );
    const path = clips.file('turned.jpg');
    writeFileSync(path, Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]));
    await using capture = await VideoCapture.open(path);
    expect(await capture.read()).toMatchObject({ width: 48, height: 64 });
    expect(capture.info).toMatchObject({ width: 48, height: 64, rotationDegrees: 90 });
  });

  test('fewer pictures are decoded with less effort, and full effort waits for a key frame', async () => {
    await using capture = await VideoCapture.open(base);
    capture.effort = 'key-only';
    const times: number[] = [];
    for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
      times.push(Number(frame.timestampSeconds.toFixed(4)));
      if (times.length === 3) capture.effort = 'all';
      expect(frame.unknownReason).toBeNull();
    }
    expect(times.slice(0, 3)).toEqual([0, 1, 2]);
    expect(times.slice(3)).toEqual(steps(30, 3, 0.1));
  });
});

describe('damage inside a recording', () => {
  const gop = {
    source: 'testsrc2=s=320x240:r=10:d=10',
    encoderOptions: { g: '50', bf: '2', preset: 'medium' },
  };

  test('C08: damaged packets cost pictures and not the stream', async () => {
    const raw = readFileSync(clips.make('gop.h264', gop));
    const damaged = clips.file('damaged.h264');
    writeFileSync(damaged, flipBytes(raw, 8000, 900));
    const { times, counters, warnings } = await readAll(damaged);
    expect(times.length).toBeGreaterThanOrEqual(95);
    expect(counters.damaged).toBeGreaterThan(0);
    expect(warnings.filter((one) => one.includes('patched up'))).toHaveLength(1);
  });

  test('after a lost key frame all is unknown until the next one', async () => {
    const ts = readFileSync(clips.make('three.ts', { ...gop, source: 'testsrc2=s=320x240:r=10:d=15' }));
    const lost = clips.file('lost.ts');
    writeFileSync(lost, dropKeyFrame(ts, 1));
    const { times, unknown, counters } = await readAll(lost);
    // Pictures 50 to 99 depend on the lost one.
    const affected = times.flatMap((time, index) => (time >= 5.0 && time < 10.0 ? [index] : []));
    expect(affected.length).toBeGreaterThan(40);
    const first = times[0] as number;
    for (const [index, time] of times.entries()) {
      const position = Math.round((time - first) * 10);
      if (position >= 52 && position < 100) expect(unknown).toContain(index);
      if (position < 46 || position >= 100) expect(unknown).not.toContain(index);
    }
    expect(counters.damaged).toBeGreaterThan(0);
  });

  test('after a key frame that is damaged in half all is unknown until the next one', async () => {
    const ts = readFileSync(clips.make('three-b.ts', { ...gop, source: 'testsrc2=s=320x240:r=10:d=15' }));
    const half = clips.file('half-lost.ts');
    writeFileSync(half, dropKeyFrame(ts, 1, { keepHead: true }));
    const { unknown } = await readAll(half);
    expect(unknown).toEqual(Array.from({ length: 50 }, (_, i) => i + 50));
  });

  test('a bare stream without one of its key frames is unknown from there on', async () => {
    const raw = readFileSync(clips.make('gop2.h264', gop));
    const lost = clips.file('lost.h264');
    writeFileSync(lost, dropUnit(raw, 5, 1));
    const { unknown, times } = await readAll(lost);
    expect(unknown.length).toBeGreaterThanOrEqual(46);
    expect(unknown.at(-1)).toBe(times.length - 1);
  });

  test.each(['ts', 'h265'])(
    'H.265 (%s): after a damaged key frame all is unknown until the next one',
    async (ending) => {
      const path = clips.make(`three-5.${ending}`, {
        source: 'testsrc2=s=320x240:r=10:d=9',
        encoder: 'libx265',
        encoderOptions: {
          'x265-params': 'log-level=none:keyint=30:min-keyint=30:open-gop=0:scenecut=0:bframes=0',
        },
      });
      const bytes = readFileSync(path);
      const damaged = clips.file(`damaged-5.${ending}`);
      if (ending === 'ts') writeFileSync(damaged, dropKeyFrame(bytes, 1, { keepHead: true }));
      else {
        // The second picture that stands by itself; its type takes six bits of an H.265 unit's head.
        const units = splitUnits(bytes);
        const isKey = (unit: Uint8Array) =>
          [19, 20].includes(((unit[unit[2] === 1 ? 3 : 4] as number) >> 1) & 63);
        const second = units.filter((unit) => isKey(unit.bytes))[1]?.bytes as Uint8Array;
        second.fill(0, Math.floor(second.length / 2));
        writeFileSync(damaged, Buffer.concat(units.map((unit) => unit.bytes)));
      }
      const { times, unknown, counters } = await readAll(damaged);
      expect(counters.damaged).toBeGreaterThan(0);
      // The decoder may keep pictures back; what it gives out between the two key frames is unknown, and nothing else.
      const positions = times.map((time) => Math.round((time - (times[0] as number)) * 10));
      const between = positions.flatMap((at, index) => (at >= 30 && at < 60 ? [index] : []));
      expect(unknown).toEqual(between);
      expect(times.length - unknown.length).toBe(60);
    },
  );

  test('a file that was cut off is read to its cut, which is told', async () => {
    const whole = readFileSync(
      clips.make('front.mp4', { source: scene, formatOptions: { movflags: 'faststart' } }),
    );
    const cut = clips.file('cut-off.mp4');
    writeFileSync(cut, whole.subarray(0, Math.round(whole.length * 0.6)));
    const { times, truncatedAt } = await readAll(cut);
    expect(times.length).toBeGreaterThan(20);
    expect(truncatedAt).not.toBeNull();
    expect(Math.abs((truncatedAt ?? 0) - (times.at(-1) ?? 0))).toBeLessThan(0.5);
  });

  test.each(['mkv', 'flv', 'avi'])(
    'so is one whose header alone tells its length (%s), and a whole one is whole, with sound that goes on after it, too',
    async (ending) => {
      const whole = clips.make(`length.${ending}`, { source: scene });
      expect((await readAll(whole)).truncatedAt).toBeNull();
      const bytes = readFileSync(whole);
      const cut = clips.file(`length-cut.${ending}`);
      writeFileSync(cut, bytes.subarray(0, Math.round(bytes.length * 0.6)));
      const { times, truncatedAt } = await readAll(cut);
      expect(truncatedAt).not.toBeNull();
      expect(Math.abs((truncatedAt ?? 0) - (times.at(-1) ?? 0))).toBeLessThan(0.5);
      const sounding = clips.make(`sounding.${ending}`, { source: scene, toneSeconds: 9 });
      expect((await readAll(sounding)).truncatedAt).toBeNull();
    },
  );
});

describe('who owns a frame', () => {
  test('a kept frame outlives the next reads and the capture; a borrowed one does not', async () => {
    const before = ledger.liveCount;
    const kept: KeptFrame[] = [];
    {
      await using capture = await VideoCapture.open(base);
      const frame = await capture.read();
      if (frame === undefined) throw new Error('no frame');
      kept.push(frame.clone());
      await capture.read();
      expect(frame.timestampSeconds).toBeCloseTo(0.1);
      expect(kept[0]?.timestampSeconds).toBe(0);
      expect(ledger.liveCount).toBe(before + 2);
    }
    expect(kept[0]?.width).toBe(320);
    kept[0]?.[Symbol.dispose]();
    kept[0]?.[Symbol.dispose]();
    expect(() => kept[0]?.width).toThrow(/disposed/);
    expect(ledger.liveCount).toBe(before);
  });

  test('disposing of a capture twice is harmless, reading it afterwards throws', async () => {
    const capture = await VideoCapture.open(base);
    const frame = await capture.read();
    await capture[Symbol.asyncDispose]();
    await capture[Symbol.asyncDispose]();
    await expect(capture.read()).rejects.toThrow(/disposed/);
    expect(() => frame?.width).toThrow(/disposed/);
  });

  test("a recording's pictures are there without waiting", async () => {
    await using capture = await VideoCapture.open(base);
    let pictures = 0;
    for (
      let now = capture.readNow();
      now !== undefined && !(now instanceof Promise);
      now = capture.readNow()
    ) {
      pictures += 1;
    }
    expect(pictures).toBe(60);
    expect(capture.readNow()).toBeUndefined();
  });

  test('an abort ends reading with its own reason', async () => {
    const stop = new AbortController();
    await using capture = await VideoCapture.open(base, { signal: stop.signal });
    await capture.read();
    stop.abort(new Error('enough'));
    await expect(async () => {
      for (let i = 0; i < 100; i += 1) await capture.read();
    }).rejects.toThrow('enough');
    await expect(VideoCapture.open(base, { signal: stop.signal })).rejects.toThrow('enough');
  });
});
