import { describe, expect, test } from 'vitest';
import { glyphHeight, glyphWidth, hasDot, plainLetters } from '../../../src/vision/video/bitmap-font.ts';

function draw(letter: string): string[] {
  return Array.from({ length: glyphHeight }, (_, y) =>
    Array.from({ length: glyphWidth }, (_, x) => (hasDot(letter, x, y) ? '#' : '.')).join(''),
  );
}

describe('bitmap font', () => {
  test('an R is drawn as an R', () => {
    expect(draw('R')).toEqual(['####.', '#...#', '#...#', '####.', '#.#..', '#..#.', '#...#']);
  });

  test('every printable letter has dots but the space', () => {
    for (let code = 33; code < 127; code += 1) {
      expect(draw(String.fromCharCode(code)).join('')).toContain('#');
    }
    expect(draw(' ').join('')).not.toContain('#');
  });

  test('Vietnamese is written with its base letters', () => {
    expect(plainLetters('Băng tải số 1, Đống Đa, mật khẩu')).toBe('Bang tai so 1, Dong Da, mat khau');
  });

  test('what has no Latin letter becomes a question mark', () => {
    expect(plainLetters('煤 5\n')).toBe('? 5?');
  });
});
