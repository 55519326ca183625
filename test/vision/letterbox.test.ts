import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { letterbox } from '../../src/vision/letterbox.ts';

describe('letterbox', () => {
  // Values of Ultralytics' own LetterBox(auto=False): [source w, h, input w, h] to [left, top, scaled w, h].
  test.each([
    [
      [640, 480, 640, 640],
      [0, 80, 640, 480],
    ],
    [
      [1920, 1080, 320, 320],
      [0, 70, 320, 180],
    ],
    [
      [1920, 1080, 640, 640],
      [0, 140, 640, 360],
    ],
    [
      [360, 640, 320, 320],
      [70, 0, 180, 320],
    ],
    [
      [321, 241, 320, 320],
      [0, 40, 320, 240],
    ],
    [
      [853, 480, 320, 320],
      [0, 70, 320, 180],
    ],
    [
      [100, 50, 320, 320],
      [0, 80, 320, 160],
    ],
    [
      [640, 360, 320, 192],
      [0, 6, 320, 180],
    ],
    [
      [640, 361, 320, 320],
      [0, 70, 320, 180],
    ],
    [
      [4096, 16, 320, 320],
      [0, 159, 320, 1],
    ],
    [
      [1, 1, 320, 320],
      [0, 0, 320, 320],
    ],
    [
      [720, 527, 320, 320],
      [0, 43, 320, 234],
    ],
  ])('%j lies at %j', (sizes, [left, top, scaledWidth, scaledHeight]) => {
    const [sw, sh, iw, ih] = sizes as [number, number, number, number];
    expect(letterbox(sw, sh, iw, ih)).toMatchObject({ left, top, scaledWidth, scaledHeight });
  });

  test('a half pixel is rounded to the even side, as Python does', () => {
    expect(letterbox(640, 361, 320, 320).scaledHeight).toBe(180);
    expect(letterbox(640, 363, 320, 320).scaledHeight).toBe(182);
  });

  test('every picture lies wholly inside its input and touches two of its sides', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(side, side, side, side, (sw, sh, iw, ih) => {
        const box = letterbox(sw, sh, iw, ih);
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.top).toBeGreaterThanOrEqual(0);
        expect(box.left + box.scaledWidth).toBeLessThanOrEqual(iw);
        expect(box.top + box.scaledHeight).toBeLessThanOrEqual(ih);
        expect(box.scaledWidth === iw || box.scaledHeight === ih).toBe(true);
        const right = iw - box.left - box.scaledWidth;
        expect([0, 1]).toContain(right - box.left);
        expect(box.scaledWidth).toBeCloseTo(box.scaleX * sw, 6);
      }),
    );
  });

  test('a side of 0 is the mistake of whoever asks', () => {
    expect(() => letterbox(0, 10, 320, 320)).toThrow(RangeError);
  });

  test.each([
    { left: -1, top: 0, width: 10, height: 10 },
    { left: 0, top: -1, width: 10, height: 10 },
    { left: 55, top: 0, width: 10, height: 10 },
    { left: 0, top: 39, width: 10, height: 10 },
    { left: Number.NaN, top: 0, width: 10, height: 10 },
  ])('a crop that reaches out of the picture is refused: %j', (crop) => {
    expect(() => letterbox(64, 48, 32, 32, crop)).toThrow(/reaches out of a picture of 64x48/);
  });

  test('a crop that ends with the picture is none', () => {
    const crop = { left: 54, top: 38, width: 10, height: 10 };
    expect(letterbox(64, 48, 32, 32, crop)).toMatchObject({ crop, scaledWidth: 32, scaledHeight: 32 });
  });
});
