import type { Camera } from './camera.ts';
import type { Lighting } from './lights.ts';
import type { Rgb } from './materials.ts';
import { clouds } from './noise.ts';
import type { Random } from './random.ts';
import type { Picture } from './trace.ts';

export interface Dust {
  /** Extinction per metre; 0 is clear air. */
  readonly density: number;
  readonly cloudiness: number;
  readonly colour: Rgb;
  readonly phase: number;
}

export function drawDust(random: Random, reach: number): Dust {
  // At most about one optical depth to the load: past that an operator could not tell either.
  const thick = random.chance(0.35) ? random.logRange(0.1, 0.9) / reach : 0;
  const warmth = random.range(-0.05, 0.25);
  return {
    density: thick,
    cloudiness: random.range(0, 2),
    colour: [1 + warmth, 1, 1 - warmth],
    phase: random.range(0, 999),
  };
}

/** Veils the picture by depth, with clouds that drift. Mask and truth stay: the operator would still call it coal. */
export function veil(picture: Picture, dust: Dust, lighting: Lighting, seconds: number): void {
  if (dust.density <= 0) return;
  const mean = meanLight(picture);
  const glow = 0.6 * mean + 0.25 * (lighting.ambient[1] + 0.02);
  const { width, height } = picture;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const cloud =
        1 +
        dust.cloudiness *
          2 *
          clouds.smoothAt((x / width) * 30 + dust.phase + seconds * 4, (y / width) * 30 + seconds * 2);
      const through = Math.exp(
        -dust.density * Math.max(0.1, cloud) * Math.min(picture.depth[i], 1.6 / dust.density),
      );
      for (let k = 0; k < 3; k++) {
        picture.rgb[3 * i + k] = picture.rgb[3 * i + k] * through + glow * dust.colour[k] * (1 - through);
      }
    }
  }
}

/** Lamps that look into the lens: a core, a halo, streaks and a ghost on the other side of the centre. */
export function glare(picture: Picture, camera: Camera, lighting: Lighting, flicker: number): void {
  const { width, height } = picture;
  const mean = meanLight(picture);
  for (const light of lighting.lights) {
    if (light.glare <= 0 || light.place === undefined) continue;
    const seen = camera.project(light.place, width, height);
    if (seen === undefined) continue;
    const margin = width * 0.25;
    if (seen.x < -margin || seen.y < -margin || seen.x > width + margin || seen.y > height + margin) continue;
    const size = width * 0.02 * (0.5 + light.glare);
    const power = mean * 14 * light.glare * flicker;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const dx = (x - seen.x) / size;
        const dy = (y - seen.y) / size;
        const square = dx * dx + dy * dy;
        let value = 1 / (1 + square * 0.3) + 2 * Math.exp(-square);
        value += 0.35 / (1 + 0.02 * square) / (1 + 5 * Math.min(dx * dx, dy * dy));
        const gx = (x - (width - seen.x)) / (size * 2);
        const gy = (y - (height - seen.y)) / (size * 2);
        if (gx * gx + gy * gy < 1) value += 0.012;
        const i = 3 * (y * width + x);
        for (let k = 0; k < 3; k++)
          picture.rgb[i + k] += power * value * Math.min(1.2, light.colour[k] / light.colour[1]);
      }
    }
  }
}

export function meanLight(picture: Picture): number {
  let sum = 0;
  for (let i = 1; i < picture.rgb.length; i += 3 * 7) sum += Math.min(4, picture.rgb[i]);
  return (sum * 3 * 7) / picture.rgb.length;
}
