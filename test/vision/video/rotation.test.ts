import { describe, expect, test } from 'vitest';
import { rotationFilters, rotationOfMatrix, swapsSides } from '../../../src/vision/video/rotation.ts';

function matrix(a: number, b: number, c: number, d: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(36));
  for (const [place, value] of [
    [0, a],
    [4, b],
    [12, c],
    [16, d],
  ] as const) {
    bytes.setInt32(place, value * 65536, true);
  }
  return new Uint8Array(bytes.buffer);
}

describe('rotation', () => {
  test.each([
    ['nothing', matrix(1, 0, 0, 1), 0, false],
    ['a quarter clockwise', matrix(0, 1, -1, 0), 90, false],
    ['a half', matrix(-1, 0, 0, -1), 180, false],
    ['a quarter counter-clockwise', matrix(0, -1, 1, 0), 270, false],
    ['left and right changed', matrix(-1, 0, 0, 1), 0, true],
    ['top and bottom changed', matrix(1, 0, 0, -1), 180, true],
    ['a transposition', matrix(0, 1, 1, 0), 90, true],
  ])('a matrix of %s', (_, bytes, degrees, mirrored) => {
    expect(rotationOfMatrix(bytes)).toEqual({ degrees, mirrored });
  });

  test('no matrix and one that is too short mean upright', () => {
    expect(rotationOfMatrix(null)).toEqual({ degrees: 0, mirrored: false });
    expect(rotationOfMatrix(new Uint8Array(8))).toEqual({ degrees: 0, mirrored: false });
  });

  test('a few degrees beside a quarter turn are that quarter turn', () => {
    const [cos, sin] = [Math.cos(1.5), Math.sin(1.5)];
    expect(rotationOfMatrix(matrix(cos, sin, -sin, cos)).degrees).toBe(90);
  });

  test('filters turn first and mirror then', () => {
    expect(rotationFilters({ degrees: 0, mirrored: false })).toBe('');
    expect(rotationFilters({ degrees: 90, mirrored: true })).toBe('transpose=clock,hflip,');
    expect(swapsSides({ degrees: 270, mirrored: false })).toBe(true);
    expect(swapsSides({ degrees: 180, mirrored: false })).toBe(false);
  });
});
