import { describe, expect, test } from 'vitest';
import { PolygonZone } from '../../../src/vision/zones/polygon-zone.ts';
import { zoneSurroundings } from '../../../src/vision/zones/zone-surroundings.ts';

const rectangle = (x1: number, y1: number, x2: number, y2: number): PolygonZone =>
  new PolygonZone({
    name: 'chute',
    space: 'pixels',
    points: [
      [x1, y1],
      [x2, y1],
      [x2, y2],
      [x1, y2],
    ],
  });

describe('the surroundings of zones', () => {
  test('hold every zone and a quarter of its size around it', () => {
    const area = zoneSurroundings([rectangle(800, 300, 1400, 800)], 1920, 1080, [320, 320]);
    expect(area.left).toBeLessThanOrEqual(800 - 150);
    expect(area.top).toBeLessThanOrEqual(300 - 125);
    expect(area.left + area.width).toBeGreaterThanOrEqual(1400 + 150);
    expect(area.top + area.height).toBeGreaterThanOrEqual(800 + 125);
  });

  test('are never smaller than the input, which would only enlarge them', () => {
    expect(zoneSurroundings([rectangle(1000, 500, 1040, 540)], 1920, 1080, [192, 320])).toEqual({
      left: 856,
      top: 424,
      width: 328,
      height: 192,
    });
  });

  test('stay within the picture and keep their size at its edge', () => {
    const area = zoneSurroundings([rectangle(1900, 0, 1920, 20)], 1920, 1080, [320, 320]);
    expect(area).toEqual({ left: 1600, top: 0, width: 320, height: 320 });
  });

  test('of a zone over the whole picture are the picture, odd sides included', () => {
    expect(zoneSurroundings([rectangle(0, 0, 853, 479)], 853, 479, [320, 320])).toEqual({
      left: 0,
      top: 0,
      width: 853,
      height: 479,
    });
  });

  test('of several zones are one part that holds all', () => {
    const area = zoneSurroundings(
      [rectangle(100, 100, 140, 140), rectangle(900, 600, 940, 640)],
      1920,
      1080,
      [320, 320],
    );
    expect(area.left).toBeLessThan(100);
    expect(area.left + area.width).toBeGreaterThan(940);
  });

  test('lie on a grid of 8 pixels wherever the picture does not end', () => {
    for (let x = 0; x < 1500; x += 37) {
      const area = zoneSurroundings([rectangle(x, 211, x + 301, 560)], 1917, 1077, [256, 416]);
      const sides = [area.left, area.top];
      if (area.left + area.width !== 1917) sides.push(area.width);
      if (area.top + area.height !== 1077) sides.push(area.height);
      for (const side of sides) expect(side % 8).toBe(0);
    }
  });

  test('a zone outside of the picture is refused', () => {
    expect(() => zoneSurroundings([rectangle(700, 10, 800, 90)], 640, 480, [320, 320])).toThrow(/outside/);
  });
});
