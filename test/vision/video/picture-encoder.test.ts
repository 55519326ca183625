import { writeFileSync } from 'node:fs';
import { ledger, UseAfterDisposeError } from '@plateau/memory';
import { afterAll, describe, expect, test } from 'vitest';
import { letterbox } from '../../../src/vision/letterbox.ts';
import { ModelInputScaler } from '../../../src/vision/video/model-input-scaler.ts';
import type { MaskGrid, PictureCanvas } from '../../../src/vision/video/picture-canvas.ts';
import { PictureEncoder } from '../../../src/vision/video/picture-encoder.ts';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';
import type { VideoFrame } from '../../../src/vision/video/video-frame.ts';
import { ClipFolder } from '../../support/clips.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());

async function firstFrame<T>(path: string, use: (frame: VideoFrame) => T | Promise<T>): Promise<T> {
  await using capture = await VideoCapture.open(path);
  const frame = await capture.read();
  if (frame === undefined) throw new Error('no frame');
  return use(frame);
}

/** Encodes the first picture of a clip and reads the JPEG back: red, green, blue of any pixel, 0 to 1. */
async function jpegOf(path: string, maxWidth?: number, draw?: (canvas: PictureCanvas) => void) {
  const jpeg = await firstFrame(path, (frame) => {
    using encoder = new PictureEncoder();
    return encoder.encodeJpeg(frame, { ...(maxWidth ? { maxWidth } : {}), ...(draw ? { draw } : {}) });
  });
  const file = clips.file(`${Math.random()}.jpg`);
  writeFileSync(file, jpeg);
  return firstFrame(file, (frame) => {
    const { width, height } = frame;
    using scaler = new ModelInputScaler({ width, height });
    const target = new Float32Array(3 * width * height);
    scaler.scaleInto(frame, target);
    const at = (x: number, y: number) =>
      [0, 1, 2].map((color) => target[(color * height + y) * width + x] as number);
    return { jpeg, width, height, at };
  });
}

function plain(color: string, width: number, height: number, pixelFormat = 'yuv444p'): string {
  return clips.make(`${color}-${width}x${height}.mkv`, {
    source: `color=${color}:s=${width}x${height}:r=1:d=1`,
    encoder: 'ffv1',
    pixelFormat,
  });
}

describe('pictures for people', () => {
  test('C18: an odd size gives a JPEG of that size', async () => {
    const { jpeg, width, height } = await jpegOf(plain('gray', 321, 241));
    expect([width, height]).toEqual([321, 241]);
    expect([...jpeg.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  });

  test('a wide picture is made smaller, a small one is left, the aspect stays', async () => {
    expect(await jpegOf(plain('gray', 640, 360), 320)).toMatchObject({ width: 320, height: 180 });
    expect(await jpegOf(plain('gray', 64, 48), 320)).toMatchObject({ width: 64, height: 48 });
    expect(await jpegOf(plain('gray', 64, 48), 32.7)).toMatchObject({ width: 32, height: 24 });
  });

  test.each([
    ['16/11', undefined, 64, 33],
    ['16/11', 90, 33, 64],
    ['1/2', undefined, 32, 48],
    ['9/1', undefined, 64, 48],
  ])(
    'pixels of %s, turned by %s, become square where that is asked for',
    async (aspect, rotation, width, height) => {
      const clip = clips.make(`pixels-${aspect.replace('/', 'to')}-${rotation}.mp4`, {
        source: 'testsrc2=s=64x48:r=10:d=0.5',
        encoderOptions: { aspect },
        ...(rotation === undefined ? {} : { rotation }),
      });
      const [square, asItIs] = await firstFrame(clip, (frame) => {
        using encoder = new PictureEncoder();
        return [true, false].map((squarePixels) =>
          encoder.encodeJpeg(frame, { squarePixels, maxWidth: 640 }),
        );
      });
      const sizeOf = (jpeg: Uint8Array) => {
        const file = clips.file(`${Math.random()}.jpg`);
        writeFileSync(file, jpeg);
        return firstFrame(file, (frame) => [frame.width, frame.height]);
      };
      expect(await sizeOf(square)).toEqual([width, height]);
      expect(await sizeOf(asItIs)).toEqual(rotation === undefined ? [64, 48] : [48, 64]);
    },
  );

  test('a width that is none is refused as such', async () => {
    await firstFrame(plain('gray', 64, 48), (frame) => {
      using encoder = new PictureEncoder();
      for (const maxWidth of [0, -5, Number.NaN])
        expect(() => encoder.encodeJpeg(frame, { maxWidth })).toThrow(RangeError);
    });
  });

  test('C10: a turned picture is upright', async () => {
    const source = 'color=black:s=640x360:r=1:d=1,format=rgb24,drawbox=x=320:w=320:h=360:color=white:t=fill';
    const { width, height, at } = await jpegOf(clips.make('turned.mp4', { source, rotation: 90 }));
    expect([width, height]).toEqual([360, 640]);
    expect(at(180, 100)[0]).toBeGreaterThan(0.95);
    expect(at(180, 540)[0]).toBeLessThan(0.05);
  });

  test('a mask tints what it covers and nothing else', async () => {
    const mask: MaskGrid = { width: 320, height: 320, words: new Uint32Array(10 * 320) };
    for (let y = 70; y < 160; y += 1)
      for (let x = 0; x < 160; x += 1) mask.words[y * 10 + (x >> 5)]! |= 1 << (x & 31);
    const box = letterbox(640, 360, 320, 320);
    const { at } = await jpegOf(plain('black', 640, 360), undefined, (canvas) =>
      canvas.tintMask(mask, box, [255, 0, 0]),
    );
    const [red, green] = at(100, 100);
    expect(red).toBeGreaterThan(0.3);
    expect(green).toBeLessThan(0.1);
    expect(at(400, 100)[0]).toBeLessThan(0.05);
    expect(at(100, 250)[0]).toBeLessThan(0.05);
    // The mask ends at 320 of 640, 180 of 360.
    expect(at(312, 172)[0]).toBeGreaterThan(0.3);
    expect(at(330, 172)[0]).toBeLessThan(0.1);
  });

  test('a mask of a crop tints the crop only, where it lies in the picture', async () => {
    const mask: MaskGrid = { width: 160, height: 160, words: new Uint32Array(5 * 160).fill(0xffff_ffff) };
    const box = letterbox(640, 360, 160, 160, { left: 320, top: 80, width: 160, height: 160 });
    const { at } = await jpegOf(plain('black', 640, 360), undefined, (canvas) =>
      canvas.tintMask(mask, box, [255, 0, 0]),
    );
    for (const [x, y] of [
      [328, 88],
      [470, 230],
    ] as const)
      expect(at(x, y)[0]).toBeGreaterThan(0.3);
    for (const [x, y] of [
      [305, 160],
      [495, 160],
      [400, 65],
      [400, 255],
    ] as const)
      expect(at(x, y)[0]).toBeLessThan(0.1);
  });

  test('a polygon is drawn in pixels of the source, whatever the size of the picture', async () => {
    const { at } = await jpegOf(plain('black', 640, 360), 320, (canvas) =>
      canvas.drawPolygon(
        [
          [100, 100],
          [540, 100],
          [540, 300],
          [100, 300],
        ],
        [0, 255, 0],
      ),
    );
    expect(at(150, 50)[1]).toBeGreaterThan(0.6);
    expect(at(50, 100)[1]).toBeGreaterThan(0.6);
    expect(at(150, 100)[1]).toBeLessThan(0.1);
  });

  test('text and a bar are seen, at the edge as well', async () => {
    const { at } = await jpegOf(plain('gray', 320, 240), undefined, (canvas) => {
      canvas.text(10, 10, 'Máng số 1: 81 %');
      canvas.text(5000, 5000, 'far away');
      canvas.text(-100, -100, 'near');
      canvas.coverageBar(100, 100, 100, 12, 0.5, [255, 255, 255]);
      canvas.coverageBar(100, 130, 100, 12, null, [255, 255, 255]);
      canvas.coverageBar(100, 160, 100, 12, Number.NaN, [255, 255, 255]);
    });
    expect(at(120, 106)[0]).toBeGreaterThan(0.9);
    expect(at(180, 106)[0]).toBeLessThan(0.4);
    expect(at(150, 136)[0]).toBeLessThan(0.4);
    const row = Array.from({ length: 100 }, (_, x) => at(10 + x, 14)[0] as number);
    expect(Math.max(...row) - Math.min(...row)).toBeGreaterThan(0.4);
  });

  test('polygons far beyond the picture draw what is inside, and quickly', async () => {
    const began = performance.now();
    const { at } = await jpegOf(plain('black', 640, 360), undefined, (canvas) =>
      canvas.drawPolygon(
        [
          [-1e7, 180],
          [1e7, 180],
          [1e7, 1e9],
          [-1e7, Number.NaN],
        ],
        [255, 255, 255],
      ),
    );
    expect(at(320, 180)[0]).toBeGreaterThan(0.6);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('a canvas kept beyond its picture draws no more', async () => {
    await firstFrame(plain('gray', 64, 48), (frame) => {
      using encoder = new PictureEncoder();
      const kept: PictureCanvas[] = [];
      encoder.encodeJpeg(frame, { draw: (canvas) => kept.push(canvas) });
      const canvas = kept[0] as PictureCanvas;
      const white = [255, 255, 255] as const;
      const mask = { width: 32, height: 32, words: new Uint32Array(32) };
      for (const draw of [
        () => canvas.fillRectangle(0, 0, 64, 48, white),
        () => canvas.drawPolygon([[0, 0]], white),
        () => canvas.coverageBar(0, 0, 8, 8, 0.5, white),
        () => canvas.text(0, 0, 'late'),
        () => canvas.tintMask(mask, letterbox(64, 48, 32, 32), white),
      ])
        expect(draw).toThrow(UseAfterDisposeError);
    });
  });

  test("drawing never touches the decoder's own pictures", async () => {
    const path = clips.make('still.mp4', {
      source: 'color=gray:s=64x64:r=10:d=1',
      encoderOptions: { g: '100' },
    });
    await using capture = await VideoCapture.open(path);
    using encoder = new PictureEncoder();
    using scaler = new ModelInputScaler({ width: 64, height: 64 });
    const target = new Float32Array(3 * 64 * 64);
    for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
      scaler.scaleInto(frame, target);
      expect(Math.max(...target)).toBeLessThan(0.6);
      encoder.encodeJpeg(frame, { draw: (canvas) => canvas.fillRectangle(0, 0, 64, 64, [255, 255, 255]) });
    }
  });

  test('each JPEG has memory of its own, and the encoder is released', async () => {
    const before = ledger.liveCount;
    await firstFrame(plain('gray', 64, 48), (frame) => {
      const encoder = new PictureEncoder();
      const first = encoder.encodeJpeg(frame);
      const second = encoder.encodeJpeg(frame);
      expect(first.buffer).not.toBe(second.buffer);
      expect(first.buffer.byteLength).toBe(first.byteLength);
      encoder[Symbol.dispose]();
      encoder[Symbol.dispose]();
      expect(() => encoder.encodeJpeg(frame)).toThrow(/disposed/);
    });
    expect(ledger.liveCount).toBe(before);
  });
});
