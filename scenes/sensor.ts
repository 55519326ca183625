import { patches } from './noise.ts';
import type { Random } from './random.ts';
import type { Picture } from './trace.ts';

/** The camera behind the lens: exposure, contrast, colour, dirt, noise. */
export interface Sensor {
  readonly gamma: number;
  readonly saturation: number;
  readonly balance: readonly [number, number, number];
  readonly vignette: number;
  /** Dirt on the glass, which tints and hazes what lies behind it. */
  readonly dirt: number;
  readonly dirtTint: readonly [number, number, number];
  readonly dirtPhase: number;
  readonly noise: number;
}

export function drawSensor(random: Random): Sensor {
  return {
    gamma: random.range(1.7, 2.6),
    saturation: random.chance(0.3) ? 0 : random.range(0.5, 1.4),
    balance: [random.range(0.85, 1.15), 1, random.range(0.85, 1.15)],
    vignette: random.chance(0.4) ? random.range(0.1, 0.8) : 0,
    dirt: random.chance(0.2) ? random.range(0.2, 1) : 0,
    dirtTint: [random.range(0.8, 1.3), random.range(0.75, 1), random.range(0.1, 1)],
    dirtPhase: random.range(0, 999),
    noise: random.chance(0.5) ? random.logRange(0.004, 0.05) : 0.002,
  };
}

/** Linear light to 8-bit RGB. `gain` scales linear light to display range before the curve. */
export function develop(picture: Picture, sensor: Sensor, gain: number, random: Random): Uint8Array {
  const { width, height, rgb } = picture;
  const out = new Uint8Array(rgb.length);
  const power = 1 / sensor.gamma;
  const channel = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = 3 * (y * width + x);
      const u = x / width - 0.5;
      const v = y / height - 0.5;
      const shade = gain * (1 - sensor.vignette * 1.6 * (u * u + v * v));
      const dirt = sensor.dirt > 0 ? dirtAt(sensor, u, v) : 0;
      for (let k = 0; k < 3; k++) {
        let value = rgb[i + k] * shade * sensor.balance[k];
        // A soft shoulder, so that lamps burn out without an edge.
        value = value > 0.7 ? 0.7 + 0.3 * (1 - Math.exp(-(value - 0.7) / 0.3)) : value;
        value = value > 0 ? value ** power : 0;
        channel[k] = value + dirt * (0.42 * sensor.dirtTint[k] - value * 0.7);
      }
      const grey = 0.3 * channel[0] + 0.59 * channel[1] + 0.11 * channel[2];
      const noise = sensor.noise * random.normal();
      for (let k = 0; k < 3; k++) {
        const value = grey + (channel[k] - grey) * sensor.saturation + noise;
        out[i + k] = value <= 0 ? 0 : value >= 1 ? 255 : Math.round(value * 255);
      }
    }
  }
  return out;
}

function dirtAt(sensor: Sensor, u: number, v: number): number {
  const edge = Math.max(Math.abs(u), Math.abs(v)) * 2;
  const field = edge * edge * 0.9 + 1.4 * patches.smoothAt(u * 40 + sensor.dirtPhase, v * 40) - 0.45;
  return field > 0 ? Math.min(0.85, sensor.dirt * field) : 0;
}

/** Gain that brings the picture's mean to `target` (display values), as a camera's automatic exposure does. */
export function autoExposure(picture: Picture, sensor: Sensor, target: number): number {
  let low = 1e-4;
  let high = 1e5;
  const power = 1 / sensor.gamma;
  for (let step = 0; step < 18; step++) {
    const gain = Math.sqrt(low * high);
    let sum = 0;
    let count = 0;
    for (let i = 1; i < picture.rgb.length; i += 3 * 41) {
      sum += Math.min(1, Math.max(0, picture.rgb[i] * gain)) ** power;
      count++;
    }
    if (sum / count > target) high = gain;
    else low = gain;
  }
  return Math.sqrt(low * high);
}
