import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { letterbox, type PictureArea } from '../../../src/vision/letterbox.ts';
import { cropFilter } from '../../../src/vision/video/crop-filter.ts';
import { type Rotation, upright } from '../../../src/vision/video/rotation.ts';

const turned: Rotation = { degrees: 90, mirrored: false };

/** A part of a picture of that size, on the grid of 8 pixels that crops begin on. */
const parts = fc
  .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }), fc.nat(24), fc.nat(24))
  .chain(([width, height, column, row]) => {
    const left = Math.min(8 * column, 8 * Math.floor((width - 1) / 8));
    const top = Math.min(8 * row, 8 * Math.floor((height - 1) / 8));
    return fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      crop: fc.record<PictureArea>({
        left: fc.constant(left),
        top: fc.constant(top),
        width: fc.integer({ min: 1, max: width - left }),
        height: fc.integer({ min: 1, max: height - top }),
      }),
    });
  });

describe('the filter that cuts a part out', () => {
  test('is none where the part is the whole', () => {
    fc.assert(
      fc.property(parts, fc.boolean(), ({ width, height }, interlaced) => {
        expect(cropFilter(letterbox(width, height, 64, 64), upright, interlaced)).toBe('');
        expect(cropFilter(letterbox(width, height, 64, 64), turned, interlaced)).toBe('');
      }),
    );
  });

  test('names width, height, left and top of the picture as shown, turned or not', () => {
    const box = letterbox(1280, 720, 64, 64, { left: 16, top: 8, width: 400, height: 301 });
    expect(cropFilter(box, upright, false)).toBe('crop=400:301:16:8:exact=1,');
    expect(cropFilter(box, turned, false)).toBe('crop=400:301:16:8:exact=1,');
  });

  test('of one field halves the axis of the stored lines: down, or across where the picture is turned', () => {
    const box = letterbox(1280, 720, 64, 64, { left: 16, top: 8, width: 400, height: 304 });
    expect(cropFilter(box, upright, true)).toBe('crop=400:152:16:4:exact=1,');
    expect(cropFilter(box, { degrees: 180, mirrored: true }, true)).toBe('crop=400:152:16:4:exact=1,');
    expect(cropFilter(box, turned, true)).toBe('crop=200:304:8:8:exact=1,');
    expect(cropFilter(box, { degrees: 270, mirrored: true }, true)).toBe('crop=200:304:8:8:exact=1,');
  });

  test('of one field takes just those of its lines that lie within the part', () => {
    fc.assert(
      fc.property(parts, fc.boolean(), ({ width, height, crop }, isTurned) => {
        fc.pre(crop.width < width || crop.height < height);
        const filter = cropFilter(letterbox(width, height, 64, 64, crop), isTurned ? turned : upright, true);
        const [across, down, left, top] = filter.slice('crop='.length).split(':').map(Number);
        const [start, length, first, count, whole] = isTurned
          ? [crop.left, crop.width, left, across, width]
          : [crop.top, crop.height, top, down, height];
        // The first field is every other line of the picture, from its first on.
        const field = Array.from({ length: Math.ceil(whole / 2) }, (_, line) => 2 * line);
        expect(field.slice(first, first + count)).toEqual(
          field.filter((line) => line >= start && line < start + length),
        );
        expect(isTurned ? [down, top] : [across, left]).toEqual(
          isTurned ? [crop.height, crop.top] : [crop.width, crop.left],
        );
      }),
    );
  });
});
