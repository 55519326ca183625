import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ledger } from '@plateau/memory';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';
import { VideoWriter, type VideoWriterOptions } from '../../../src/vision/video/video-writer.ts';
import { ClipFolder } from '../../support/clips.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());
afterEach(() => expect(ledger.liveCount).toBe(0));

const base = clips.make('base.mp4', {
  source: 'testsrc2=s=320x240:r=10:d=3',
  encoderOptions: { bf: '2', g: '10' },
});

/** Copies a clip through the writer. */
async function copy(
  from: string,
  to: string,
  options?: VideoWriterOptions,
  repeat = 1,
): Promise<VideoWriter> {
  await using capture = await VideoCapture.open(from);
  const { width, height } = capture.info;
  await using writer = await VideoWriter.open(to, options ?? { width, height });
  for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
    for (let i = 0; i < repeat; i += 1) writer.write(frame, frame.timestampSeconds + i / 1000);
  }
  await writer.finish();
  return writer;
}

async function timesOf(path: string) {
  await using capture = await VideoCapture.open(path);
  const times: number[] = [];
  for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
    times.push(Number(frame.timestampSeconds.toFixed(3)));
  }
  return { times, ...capture.info, counters: capture.counters };
}

describe('writing a video', () => {
  test('pictures keep their source times, a late start included', async () => {
    const late = clips.make('late.mp4', {
      source: 'testsrc2=s=320x240:r=10:d=3',
      startSeconds: 2,
      keep: (index) => index < 10 || index % 4 === 0,
      toneSeconds: 1,
    });
    await copy(late, clips.file('out.mp4'));
    const written = await timesOf(clips.file('out.mp4'));
    expect(written.times).toEqual((await timesOf(late)).times);
    expect(written.times[0]).toBe(2);
    expect(written.counters.damaged).toBe(0);
  });

  test('the index stands at the front, so that a player can begin at once', async () => {
    await copy(base, clips.file('front.mp4'));
    const bytes = readFileSync(clips.file('front.mp4'));
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    expect(bytes.indexOf('moov')).toBeGreaterThan(0);
  });

  test('C18: odd sides are padded by one pixel, which is said', async () => {
    const odd = clips.make('odd.mkv', {
      source: 'testsrc2=s=321x241:r=10:d=0.5',
      encoder: 'ffv1',
      pixelFormat: 'yuv444p',
    });
    const writer = await copy(odd, clips.file('odd.mp4'));
    expect(writer.padding).toEqual({ right: 1, bottom: 1 });
    expect(await timesOf(clips.file('odd.mp4'))).toMatchObject({ width: 322, height: 242 });
  });

  test('C10: a turned recording is written upright', async () => {
    const turned = clips.make('turned.mp4', { source: 'testsrc2=s=320x240:r=10:d=0.5', rotation: 270 });
    await copy(turned, clips.file('upright.mp4'));
    expect(await timesOf(clips.file('upright.mp4'))).toMatchObject({
      width: 240,
      height: 320,
      rotationDegrees: 0,
    });
  });

  test("pictures of another size are scaled to the video's", async () => {
    await copy(base, clips.file('small.mp4'), { width: 160, height: 120, frameRate: 10 });
    const written = await timesOf(clips.file('small.mp4'));
    expect(written).toMatchObject({ width: 160, height: 120 });
    expect(written.times).toHaveLength(30);
  });

  test('times that do not ascend are moved by the least step', async () => {
    await using capture = await VideoCapture.open(base);
    await using writer = await VideoWriter.open(clips.file('same.mp4'), { width: 320, height: 240 });
    for (const time of [1, 1, 0.5, 1.1]) {
      const frame = await capture.read();
      if (frame) writer.write(frame, time);
    }
    await writer.finish();
    const { times } = await timesOf(clips.file('same.mp4'));
    expect(times).toEqual([1, 1, 1, 1.1]);
  });
});

describe('what cannot be written', () => {
  test.each<[string, () => string]>([
    ['a folder that is not there', () => clips.file('nowhere/out.mp4')],
    [
      'a folder',
      () => {
        mkdirSync(clips.file('folder'), { recursive: true });
        return clips.file('folder');
      },
    ],
    ['a device', () => '/dev/null'],
    ['a path below a file', () => join(base, 'out.mp4')],
  ])('%s is refused before the first picture', async (_, path) => {
    await expect(VideoWriter.open(path(), { width: 320, height: 240 })).rejects.toMatchObject({
      code: 'ERR_OUTPUT_UNWRITABLE',
      message: expect.stringContaining(path()),
    });
  });

  test('a size that is none is the mistake of whoever asks', async () => {
    await expect(VideoWriter.open(clips.file('x.mp4'), { width: 0, height: 240 })).rejects.toThrow(
      RangeError,
    );
    expect(readdirSync(clips.path).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('a video that is not finished leaves nothing behind, and an older file as it was', async () => {
    const target = clips.file('kept.mp4');
    writeFileSync(target, 'older');
    {
      await using capture = await VideoCapture.open(base);
      await using writer = await VideoWriter.open(target, { width: 320, height: 240 });
      const frame = await capture.read();
      if (frame) writer.write(frame, 0);
    }
    expect(readFileSync(target, 'utf8')).toBe('older');
    expect(readdirSync(clips.path).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test("nobody's file is touched by the name of one that grows", async () => {
    const neighbour = clips.file('grown.mp4.partial');
    writeFileSync(neighbour, 'of somebody else');
    await copy(base, clips.file('grown.mp4'));
    expect(readFileSync(neighbour, 'utf8')).toBe('of somebody else');
    rmSync(neighbour);
  });

  test('a link is written through to what it names', async () => {
    symlinkSync('linked.mp4', clips.file('link.mp4'));
    await copy(base, clips.file('link.mp4'));
    expect(lstatSync(clips.file('link.mp4')).isSymbolicLink()).toBe(true);
    expect(lstatSync(clips.file('linked.mp4')).size).toBeGreaterThan(1000);
  });

  test('after the end nothing can be written', async () => {
    await using capture = await VideoCapture.open(base);
    const frame = await capture.read();
    if (frame === undefined) throw new Error('no frame');
    const writer = await VideoWriter.open(clips.file('ended.mp4'), { width: 320, height: 240 });
    writer.write(frame, 0);
    await writer.finish();
    await writer[Symbol.asyncDispose]();
    await writer[Symbol.asyncDispose]();
    expect(() => writer.write(frame, 1)).toThrow(/disposed/);
    expect(existsSync(clips.file('ended.mp4'))).toBe(true);
  });
});

function mountSmallDisk(): string | undefined {
  const disk = clips.file('disk');
  try {
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192k', 'tmpfs', disk], { stdio: 'pipe' });
    return disk;
  } catch {
    return undefined;
  }
}

test('a rate that is none is refused before anything is written', async () => {
  const target = clips.file('no-rate.mp4');
  for (const frameRate of [0, Number.NaN, -25, Infinity])
    await expect(VideoWriter.open(target, { width: 64, height: 48, frameRate })).rejects.toThrow(
      /^frameRate must lie within/,
    );
  expect(existsSync(target)).toBe(false);
});

test('a time below 0, which players would leave out, or that is none is refused, and the video goes on', async () => {
  const target = clips.file('times.mp4');
  {
    await using capture = await VideoCapture.open(base);
    await using writer = await VideoWriter.open(target, { width: 320, height: 240 });
    for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
      const picture = frame;
      for (const time of [-0.1, Number.NaN, Infinity])
        expect(() => writer.write(picture, time)).toThrow(/^timestampSeconds must lie within/);
      writer.write(frame, frame.timestampSeconds);
    }
    await writer.finish();
  }
  await using written = await VideoCapture.open(target);
  expect(written.info.frameCountEstimate).toBe(30);
});

test('a gap longer than the file can hold is shortened, and what comes after it keeps its steps', async () => {
  const target = clips.file('gap.mp4');
  {
    await using capture = await VideoCapture.open(base);
    await using writer = await VideoWriter.open(target, { width: 320, height: 240 });
    // Motion recordings of two days, one behind the other.
    for (const time of [0, 0.1, 90_000, 90_000.1, 180_000, 180_000.5]) {
      const frame = await capture.read();
      if (frame !== undefined) writer.write(frame, time);
    }
    await writer.finish();
  }
  await using written = await VideoCapture.open(target);
  const times: number[] = [];
  for (let frame = await written.read(); frame !== undefined; frame = await written.read())
    times.push(frame.timestampSeconds);
  const steps = times.slice(1).map((time, index) => time - (times[index] as number));
  expect(steps).toEqual([0.1, 14_400, 0.1, 14_400, 0.5].map((step) => expect.closeTo(step, 4)));
});

test.each([
  [undefined, 16 / 11],
  [90, 11 / 16],
])('pixels that are not square stay so, turned by %s', async (rotation, aspect) => {
  const target = clips.file('wide-pixels.mp4');
  const wide = clips.make(`wide-${rotation}.mp4`, {
    source: 'testsrc2=s=64x48:r=10:d=0.5',
    encoderOptions: { aspect: '16/11' },
    ...(rotation === undefined ? {} : { rotation }),
  });
  {
    await using capture = await VideoCapture.open(wide);
    const frame = await capture.read();
    if (frame === undefined) throw new Error('no frame');
    const { width, height, pixelAspect } = frame;
    expect(pixelAspect).toBeCloseTo(aspect, 6);
    await using writer = await VideoWriter.open(target, { width, height, pixelAspect });
    writer.write(frame, 0);
    await writer.finish();
  }
  await using written = await VideoCapture.open(target);
  expect((await written.read())?.pixelAspect).toBeCloseTo(aspect, 6);
});

const disk = mountSmallDisk();
afterAll(() => {
  if (disk !== undefined) execFileSync('umount', [disk]);
});

describe.skipIf(disk === undefined && process.env.PLATEAU_NO_SKIP !== '1')(
  'a full disk (needs the right to mount a tmpfs: run as root)',
  () => {
    test.each([1, 4])(
      'is told in one sentence and leaves nothing behind (%i times the pictures)',
      async (repeat) => {
        const noisy = clips.make(`noisy-${repeat}.mp4`, {
          source: 'testsrc2=s=640x480:r=10:d=4,noise=alls=40:allf=t',
        });
        const target = join(disk ?? '/nowhere', 'out.mp4');
        await expect(copy(noisy, target, undefined, repeat)).rejects.toMatchObject({
          code: 'ERR_OUTPUT_UNWRITABLE',
          message: expect.stringMatching(/disk is full.*free space/),
        });
        expect(readdirSync(disk ?? '/nowhere')).toEqual([]);
      },
    );

    test('is noticed when only the end does not fit', async () => {
      // Fill the disk so that just the encoder's last pictures and the index find no room.
      writeFileSync(join(disk ?? '/nowhere', 'filler'), Buffer.alloc(184 * 1024));
      await expect(copy(base, join(disk ?? '/nowhere', 'out.mp4'))).rejects.toMatchObject({
        code: 'ERR_OUTPUT_UNWRITABLE',
      });
      expect(readdirSync(disk ?? '/nowhere')).toEqual(['filler']);
    });
  },
);
