import { readFileSync, writeFileSync } from 'node:fs';
import { ledger } from '@plateau/memory';
import { afterAll, describe, expect, test } from 'vitest';
import { letterbox } from '../../../src/vision/letterbox.ts';
import { Frame } from '../../../src/vision/video/ffmpeg.ts';
import { ModelInputScaler } from '../../../src/vision/video/model-input-scaler.ts';
import { PictureFilter } from '../../../src/vision/video/picture-filter.ts';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';
import type { VideoFrame } from '../../../src/vision/video/video-frame.ts';
import { ClipFolder, type ClipOptions } from '../../support/clips.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());

const grey = Math.fround(114 / 255);

async function firstFrame<T>(path: string, use: (frame: VideoFrame) => T): Promise<T> {
  await using capture = await VideoCapture.open(path);
  const frame = await capture.read();
  if (frame === undefined) throw new Error('no frame');
  return use(frame);
}

/** Left half black, right half white. */
function half(width: number, height: number): string {
  const x = Math.floor(width / 2);
  return `color=black:s=${width}x${height}:r=10:d=0.3,format=rgb24,drawbox=x=${x}:w=${width - x}:h=${height}:color=white:t=fill`;
}

/** The planes of a picture at full size, as 8 bit red, green, blue. */
function fullSize(frame: VideoFrame): Uint8Array[] {
  using filter = new PictureFilter(frame, 'scale=flags=accurate_rnd+full_chroma_int+bilinear,format=gbrp');
  using picture = new Frame();
  picture.alloc();
  filter.run(frame.native, picture);
  return [2, 0, 1].map((plane) => {
    const rows: Uint8Array[] = [];
    const line = picture.linesize[plane] as number;
    const data = picture.data?.[plane] as Buffer;
    for (let y = 0; y < picture.height; y += 1) rows.push(data.subarray(y * line, y * line + picture.width));
    return Buffer.concat(rows);
  });
}

/** OpenCV's INTER_LINEAR: four pixels around the place that the target pixel's middle falls on, and no others. */
function openCvBilinear(plane: Uint8Array, sw: number, sh: number, w: number, h: number): Float32Array {
  const result = new Float32Array(w * h);
  const place = (index: number, from: number, to: number) => {
    const at = Math.max(0, Math.min(from - 1, ((index + 0.5) * from) / to - 0.5));
    const first = Math.min(Math.floor(at), from - 1);
    return { first, second: Math.min(first + 1, from - 1), share: at - first };
  };
  for (let y = 0; y < h; y += 1) {
    const v = place(y, sh, h);
    for (let x = 0; x < w; x += 1) {
      const u = place(x, sw, w);
      const pixel = (column: number, row: number) => plane[row * sw + column] as number;
      const upper = pixel(u.first, v.first) * (1 - u.share) + pixel(u.second, v.first) * u.share;
      const lower = pixel(u.first, v.second) * (1 - u.share) + pixel(u.second, v.second) * u.share;
      result[y * w + x] = (upper * (1 - v.share) + lower * v.share) / 255;
    }
  }
  return result;
}

describe('pictures for the model', () => {
  test.each([
    ['a ratio of 2', 640, 480, 320, 240],
    ['a ratio of 3', 960, 540, 320, 180],
    ['a ratio of 6', 1920, 1080, 320, 180],
    ['a ratio of 2.4', 768, 576, 320, 240],
    ['odd sides', 853, 479, 320, 180],
    ['enlarging', 320, 240, 640, 480],
  ])('are scaled as OpenCV does it: %s', async (_, sw, sh, w, h) => {
    const path = clips.make(`noise-${sw}.mkv`, {
      // A picture with edges and texture; testsrc2 alone has edges only.
      source: `testsrc2=s=${sw}x${sh}:r=1:d=1,noise=alls=24:allf=t,gblur=0.7`,
      encoder: 'ffv1',
      pixelFormat: 'yuv444p',
    });
    await firstFrame(path, (frame) => {
      using scaler = new ModelInputScaler({ width: w, height: h });
      const target = new Float32Array(3 * w * h);
      expect(scaler.scaleInto(frame, target)).toMatchObject({ scaledWidth: w, scaledHeight: h });
      let difference = 0;
      for (const [color, plane] of fullSize(frame).entries()) {
        const expected = openCvBilinear(plane, sw, sh, w, h);
        for (let i = 0; i < expected.length; i += 1) {
          difference += Math.abs((expected[i] as number) - (target[color * w * h + i] as number));
        }
      }
      // In steps of 8 bits. Rounding and the clipping of these loud colours alone make one step and a half.
      expect((difference / target.length) * 255).toBeLessThan(2);
    });
  });

  test.each<[string, Partial<ClipOptions>]>([
    ['8 bit', {}],
    [
      '10 bit H.265',
      { encoder: 'libx265', encoderOptions: { 'x265-params': 'log-level=none' }, pixelFormat: 'yuv420p10le' },
    ],
    ['4:2:2', { pixelFormat: 'yuv422p' }],
    ['4:4:4', { pixelFormat: 'yuv444p' }],
    ['full range', { pixelFormat: 'yuvj420p' }],
    ['grey', { pixelFormat: 'gray' }],
    ['with transparency', { encoder: 'ffv1', pixelFormat: 'yuva420p' }],
    ['RGB', { encoder: 'ffv1', pixelFormat: 'bgr0' }],
    ['16 bit RGB', { encoder: 'ffv1', pixelFormat: 'gbrp16le' }],
    ['MJPEG', { encoder: 'mjpeg', pixelFormat: 'yuvj422p' }],
    ['MPEG-4', { encoder: 'mpeg4' }],
    ['VP9', { encoder: 'libvpx-vp9', encoderOptions: { deadline: 'realtime' } }],
  ])('C17: %s shows the same black and white', async (name, options) => {
    const path = clips.make(`${name.replaceAll(/\W/g, '-')}.mkv`, { source: half(640, 360), ...options });
    await firstFrame(path, (frame) => {
      using scaler = new ModelInputScaler({ width: 320, height: 320 });
      const target = new Float32Array(3 * 320 * 320);
      const box = scaler.scaleInto(frame, target);
      let white = 0;
      for (let color = 0; color < 3; color += 1) {
        for (let y = box.top; y < box.top + box.scaledHeight; y += 1) {
          for (let x = 0; x < 320; x += 1)
            if ((target[(color * 320 + y) * 320 + x] as number) > 0.5) white += 1;
        }
      }
      expect(white / (3 * 320 * 180)).toBeCloseTo(0.5, 2);
      expect(target[100 * 320 + 80]).toBeLessThan(0.02);
      expect(target[100 * 320 + 240]).toBeGreaterThan(0.98);
    });
  });

  test('C10: a turned recording reaches the model upright', async () => {
    const path = clips.make('turned.mp4', { source: half(640, 360), rotation: 90 });
    await firstFrame(path, (frame) => {
      using scaler = new ModelInputScaler({ width: 320, height: 320 });
      const target = new Float32Array(3 * 320 * 320);
      expect(scaler.scaleInto(frame, target)).toMatchObject({ left: 70, top: 0, scaledWidth: 180 });
      expect(target[80 * 320 + 160]).toBeGreaterThan(0.98);
      expect(target[240 * 320 + 160]).toBeLessThan(0.02);
      expect(target[160 * 320 + 10]).toBe(grey);
      expect(target[160 * 320 + 310]).toBe(grey);
    });
  });

  test.each([
    [321, 241],
    [853, 480],
    [4096, 16],
    [16, 1024],
    [8, 8],
  ])('C18: %ix%i fits any input, and the rest is grey', async (width, height) => {
    const path = clips.make(`odd-${width}.mkv`, {
      source: half(width, height),
      encoder: 'ffv1',
      pixelFormat: 'yuv444p',
    });
    await firstFrame(path, (frame) => {
      for (const [w, h] of [
        [320, 320],
        [320, 192],
        [333, 127],
      ] as const) {
        using scaler = new ModelInputScaler({ width: w, height: h });
        const target = new Float32Array(3 * w * h).fill(-1);
        const box = scaler.scaleInto(frame, target);
        const outside = (x: number, y: number) =>
          x < box.left || x >= box.left + box.scaledWidth || y < box.top || y >= box.top + box.scaledHeight;
        let wrong = 0;
        for (let i = 0; i < target.length; i += 1) {
          const value = target[i] as number;
          if (value < 0 || value > 1) wrong += 1;
          if (outside(i % w, Math.floor(i / w) % h) && value !== grey) wrong += 1;
        }
        expect(wrong).toBe(0);
      }
    });
  });

  test('of an interlaced picture one field is taken: no combs', async () => {
    // White in the lines of the first field, black in those of the second, as of something that has moved away.
    const path = clips.make('interlaced.ts', {
      source: "color=black:s=720x576:r=25:d=0.4,geq=lum='if(mod(Y,2),16,235)':cb=128:cr=128,setfield=tff",
      encoder: 'mpeg2video',
      encoderOptions: { flags: '+ilme+ildct', b: '8000000' },
    });
    await firstFrame(path, (frame) => {
      expect(frame.interlaced).toBe(true);
      using scaler = new ModelInputScaler({ width: 640, height: 512 });
      const target = new Float32Array(3 * 640 * 512);
      expect(scaler.scaleInto(frame, target)).toMatchObject({ sourceHeight: 576, scaledHeight: 512 });
      expect(target.reduce((least, value) => Math.min(least, value), 1)).toBeGreaterThan(0.9);
    });
  });

  test.each<[string, Partial<ClipOptions>, number]>([
    ['4:2:0', {}, 0],
    ['4:1:1', { encoder: 'ffv1', pixelFormat: 'yuv411p' }, 0],
    ['turned', {}, 90],
  ])(
    'a crop shows the part of the picture that it names, pixel for pixel: %s',
    async (name, options, rotation) => {
      const path = clips.make(`crop-${name.replaceAll(/\W/g, '-')}.mp4`.replace('4-1-1.mp4', '4-1-1.mkv'), {
        source: 'testsrc2=s=640x360:r=1:d=1',
        ...options,
        ...(rotation === 0 ? {} : { rotation }),
      });
      await firstFrame(path, (frame) => {
        const { width, height } = frame;
        const crop = { left: 136, top: 88, width: 160, height: 96 };
        using whole = new ModelInputScaler({ width, height });
        using part = new ModelInputScaler({
          width: crop.width,
          height: crop.height,
          place: (w, h) => letterbox(w, h, crop.width, crop.height, crop),
        });
        const all = new Float32Array(3 * width * height);
        whole.scaleInto(frame, all);
        const cut = new Float32Array(3 * crop.width * crop.height);
        expect(part.scaleInto(frame, cut)).toMatchObject({ crop, scaleX: 1, scaleY: 1 });
        let worst = 0;
        for (let i = 0; i < cut.length; i += 1) {
          const x = (i % crop.width) + crop.left;
          const y = (Math.floor(i / crop.width) % crop.height) + crop.top;
          const color = Math.floor(i / (crop.width * crop.height));
          // On the crop's own edge colours are interpolated towards what was cut away.
          if (x - crop.left < 4 || crop.left + crop.width - x <= 4) continue;
          if (y - crop.top < 4 || crop.top + crop.height - y <= 4) continue;
          worst = Math.max(
            worst,
            Math.abs((cut[i] as number) - (all[(color * height + y) * width + x] as number)),
          );
        }
        expect(worst * 255).toBeLessThan(1.5);
      });
    },
  );

  test('a crop of an interlaced picture counts its lines in one field', async () => {
    // White from line 288 on.
    const path = clips.make('interlaced-half.ts', {
      source: "color=black:s=720x576:r=25:d=0.4,geq=lum='if(lt(Y,288),16,235)':cb=128:cr=128,setfield=tff",
      encoder: 'mpeg2video',
      encoderOptions: { flags: '+ilme+ildct', b: '8000000' },
    });
    await firstFrame(path, (frame) => {
      expect(frame.interlaced).toBe(true);
      const crop = { left: 200, top: 248, width: 320, height: 80 };
      using scaler = new ModelInputScaler({
        width: 320,
        height: 80,
        place: (w, h) => letterbox(w, h, 320, 80, crop),
      });
      const target = new Float32Array(3 * 320 * 80);
      scaler.scaleInto(frame, target);
      expect(target[35 * 320 + 100]).toBeLessThan(0.1);
      expect(target[45 * 320 + 100]).toBeGreaterThan(0.9);
    });
  });

  test('an input smaller than the largest fills the front of its slot', async () => {
    const path = clips.make('front.mkv', { source: half(640, 360), encoder: 'ffv1' });
    await firstFrame(path, (frame) => {
      using scaler = new ModelInputScaler({
        width: 320,
        height: 320,
        place: (w, h) => letterbox(w, h, 320, 192),
      });
      const target = new Float32Array(3 * 320 * 320).fill(-1);
      expect(scaler.scaleInto(frame, target)).toMatchObject({ inputHeight: 192, top: 6 });
      const plane = 320 * 192;
      expect(target.subarray(0, 3 * plane).every((value) => value >= 0)).toBe(true);
      expect(target.subarray(3 * plane).every((value) => value === -1)).toBe(true);
      expect(target[2 * plane + 96 * 320 + 300]).toBeGreaterThan(0.98);
    });
  });

  test('the filter graph is built once for each geometry', async () => {
    const a = clips.make('a.ts', { source: 'testsrc2=s=320x240:r=10:d=1' });
    const b = clips.make('b.ts', { source: 'testsrc2=s=640x480:r=10:d=1' });
    const change = clips.file('change.ts');
    writeFileSync(change, Buffer.concat([a, b, a].map((path) => readFileSync(path))));
    using scaler = new ModelInputScaler({ width: 320, height: 320 });
    const target = new Float32Array(3 * 320 * 320);
    await using capture = await VideoCapture.open(change);
    const boxes = new Set<object>();
    for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
      boxes.add(scaler.scaleInto(frame, target));
    }
    expect(scaler.rebuilds).toBe(3);
    expect(boxes.size).toBe(3);
  });

  test('shared memory will do, a target of another size is refused, and nothing works after disposal', async () => {
    const path = clips.make('small.mkv', { source: half(64, 48), encoder: 'ffv1' });
    const before = ledger.liveCount;
    const scaler = new ModelInputScaler({ width: 64, height: 64 });
    await firstFrame(path, (frame) => {
      scaler.scaleInto(frame, new Float32Array(new SharedArrayBuffer(3 * 64 * 64 * 4)));
      expect(() => scaler.scaleInto(frame, new Float32Array(10))).toThrow(RangeError);
      expect(() => scaler.scaleInto(frame, new Float64Array(3 * 64 * 64) as never)).toThrow(TypeError);
      scaler[Symbol.dispose]();
      scaler[Symbol.dispose]();
      expect(() => scaler.scaleInto(frame, new Float32Array(3 * 64 * 64))).toThrow(/disposed/);
    });
    expect(ledger.liveCount).toBe(before);
  });

  test('a place larger than the input is refused, and what lies behind the target stays as it was', async () => {
    const path = clips.make('beside.mkv', { source: half(64, 48), encoder: 'ffv1' });
    using scaler = new ModelInputScaler({
      width: 32,
      height: 32,
      place: (width, height) => letterbox(width, height, 64, 64),
    });
    const slots = new Float32Array(2 * 3 * 64 * 64);
    await firstFrame(path, (frame) => {
      for (let attempt = 0; attempt < 2; attempt += 1)
        expect(() => scaler.scaleInto(frame, slots.subarray(0, 3 * 32 * 32))).toThrow(/does not fit/);
    });
    expect(slots.every((value) => value === 0)).toBe(true);
  });

  test('a size that is none is refused, and nothing is left of it', () => {
    const before = ledger.liveCount;
    for (const [width, height] of [
      [0, 32],
      [Number.NaN, 32],
      [32.5, 32],
    ] as const)
      expect(() => new ModelInputScaler({ width, height })).toThrow(RangeError);
    expect(ledger.liveCount).toBe(before);
  });
});
