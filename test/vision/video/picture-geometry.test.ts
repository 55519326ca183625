import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { AV_FRAME_FLAG_INTERLACED, Frame } from '../../../src/vision/video/ffmpeg.ts';
import { PictureGeometry } from '../../../src/vision/video/picture-geometry.ts';
import { type Rotation, upright } from '../../../src/vision/video/rotation.ts';
import { blankFacts, VideoFrame } from '../../../src/vision/video/video-frame.ts';

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly colorRange: number;
  readonly colorSpace: number;
  readonly rotation: Rotation;
  readonly interlaced: boolean;
}

const native = new Frame();
native.alloc();
afterAll(() => native.free());

let geometry: PictureGeometry;
beforeEach(() => {
  geometry = new PictureGeometry();
});

/** Shows the geometry a picture. @returns whether it is another one for it. */
function update(picture: Picture): boolean {
  const { width, height, format, colorRange, colorSpace, rotation, interlaced } = picture;
  Object.assign(native, { width, height, format, colorRange, colorSpace });
  native.flags = interlaced ? AV_FRAME_FLAG_INTERLACED : 0;
  return geometry.update(new VideoFrame(native, { ...blankFacts(), rotation }, undefined));
}

const plain: Picture = {
  width: 64,
  height: 48,
  format: 0,
  colorRange: 1,
  colorSpace: 1,
  rotation: upright,
  interlaced: false,
};

describe('the geometry of pictures', () => {
  test('differs at the first, and not at one like the last', () => {
    expect([plain, plain, { ...plain }].map(update)).toEqual([true, false, false]);
  });

  test.each<[string, Partial<Picture>]>([
    ['width', { width: 32 }],
    ['height', { height: 32 }],
    ['pixel format', { format: 4 }],
    ['colour range', { colorRange: 2 }],
    ['colour space', { colorSpace: 5 }],
    ['turn', { rotation: { degrees: 90, mirrored: false } }],
    ['mirroring', { rotation: { degrees: 0, mirrored: true } }],
  ])('differs by another %s, and back again', (_, change) => {
    const other = { ...plain, ...change };
    expect([plain, other, other, plain, plain].map(update)).toEqual([true, true, false, true, false]);
  });

  test('stays interlaced from the first such picture until the size changes', () => {
    const fields = { ...plain, interlaced: true };
    expect([plain, fields, plain, fields, plain].map(update)).toEqual([true, true, false, false, false]);
    expect(geometry.interlaced).toBe(true);
    update({ ...plain, format: 4 });
    expect(geometry.interlaced).toBe(true);
    update({ ...plain, width: 32 });
    expect(geometry.interlaced).toBe(false);
  });

  test('over any pictures differs just where a picture is not the last one, its size’s fields aside', () => {
    const few = <T>(...values: T[]) => fc.constantFrom(...values);
    const pictures = fc.array(
      fc.record({
        width: few(32, 64),
        height: few(32, 48),
        format: few(0, 4),
        colorRange: few(1, 2),
        colorSpace: few(1, 5),
        rotation: few<Rotation>(upright, { degrees: 270, mirrored: true }),
        interlaced: fc.boolean(),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(pictures, (list) => {
        geometry = new PictureGeometry();
        let last: Picture | undefined;
        for (const picture of list) {
          const sameSize = last?.width === picture.width && last.height === picture.height;
          const interlaced = picture.interlaced || (sameSize && last?.interlaced === true);
          const expected: Picture = { ...picture, interlaced };
          expect(update(picture)).toBe(JSON.stringify(expected) !== JSON.stringify(last));
          expect(geometry.interlaced).toBe(interlaced);
          last = expected;
        }
      }),
    );
  });
});
