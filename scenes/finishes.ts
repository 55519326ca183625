import type { Rgb } from './materials.ts';
import { clouds, grain, patches } from './noise.ts';
import type { Finish, Texture } from './primitives.ts';
import type { Random } from './random.ts';

const looks: readonly Texture[] = [
  'plain',
  'concrete',
  'concrete',
  'rough concrete',
  'rust',
  'corrugated',
  'grating',
  'mesh',
  'brick',
  'hazard',
  'plate',
  'cloth',
];

const paints: readonly Rgb[] = [
  [0.5, 0.4, 0.05],
  [0.05, 0.15, 0.4],
  [0.05, 0.25, 0.12],
  [0.45, 0.08, 0.05],
  [0.6, 0.6, 0.6],
  [0.7, 0.25, 0.03],
];

export function drawFinish(random: Random, texture: Texture = random.pick(looks)): Finish {
  return {
    texture,
    colour: drawColour(random, texture),
    gloss: random.chance(0.4) ? random.range(0, 1) : 0,
    scale: random.logRange(0.6, 2),
    phase: random.range(0, 500),
  };
}

function drawColour(random: Random, texture: Texture): Rgb {
  const grey = random.logRange(0.03, 0.6);
  const warmth = random.range(-0.08, 0.12);
  const plain: Rgb = [grey * (1 + warmth), grey, grey * (1 - warmth)];
  if (texture === 'rust') return [grey, grey * 0.5, grey * 0.25];
  if (texture === 'brick') return [grey, grey * 0.6, grey * 0.5];
  if (texture === 'cloth' || texture === 'plain') return random.chance(0.4) ? random.pick(paints) : plain;
  return plain;
}

export interface FinishSample {
  gain: number;
  bumpU: number;
  bumpV: number;
}

/** Tone and tilt of a finish at (u, v) metres on its face. Writes into `out`: this runs for every pixel. */
export function sampleFinish(finish: Finish, u: number, v: number, out: FinishSample): void {
  const s = finish.scale;
  const p = finish.phase;
  let gain = 1 + 0.5 * clouds.smoothAt(u * 25 + p, v * 25);
  out.bumpU = 0;
  out.bumpV = 0;
  switch (finish.texture) {
    case 'concrete':
      gain *= 1 + 0.8 * patches.smoothAt(u * 40 * s + p, v * 40 * s) + 0.25 * grain.at(u * 240, v * 240);
      gain *= 1 + 0.8 * patches.smoothAt(u * 60 + p, v * 3);
      break;
    case 'rough concrete':
      gain *= 1 + 0.5 * grain.smoothAt(u * 90 * s + p, v * 90 * s);
      out.bumpU = 1.2 * grain.smoothAt(u * 60 * s + p, v * 60 * s);
      out.bumpV = 1.2 * grain.smoothAt(u * 60 * s, v * 60 * s + p);
      break;
    case 'rust':
      gain *= 1 + 1.6 * patches.smoothAt(u * 50 * s + p, v * 50 * s) + 0.5 * grain.at(u * 200, v * 200);
      break;
    case 'corrugated':
      out.bumpU = 0.9 * Math.sin(u * 50 * s);
      gain *= 1 + 0.4 * patches.smoothAt(u * 10 + p, v * 40);
      break;
    case 'grating':
      if (fraction(u * 25 * s) > 0.2 && fraction(v * 8 * s) > 0.12) gain *= 0.08;
      break;
    case 'mesh':
      if (fraction((u + v) * 18 * s) > 0.25 && fraction((u - v) * 18 * s) > 0.25) gain *= 0.12;
      break;
    case 'brick': {
      const row = Math.floor(v * 12 * s);
      const across = u * 4 * s + (row & 1) * 0.5;
      if (fraction(v * 12 * s) < 0.12 || fraction(across) < 0.06) gain *= 1.8;
      else gain *= 1 + 0.5 * grain.at(Math.floor(across) * 7 + p, row * 3);
      break;
    }
    case 'hazard':
      if (fraction((u + v) * 4 * s) > 0.5) gain *= 0.08;
      break;
    case 'plate': {
      const a = fraction((u + v) * 16 * s) - 0.5;
      const b = fraction((u - v) * 16 * s) - 0.5;
      if (Math.abs(a) < 0.12 && Math.abs(b) < 0.35) out.bumpU = 4 * a;
      break;
    }
    case 'cloth':
      out.bumpU = 2.2 * clouds.smoothAt(u * 70 * s + p, v * 25 * s);
      out.bumpV = 2.2 * clouds.smoothAt(u * 25 * s, v * 70 * s + p);
      break;
    default:
      gain *= 1 + 0.15 * patches.smoothAt(u * 60 + p, v * 60);
  }
  out.gain = Math.max(gain, 0.04);
}

function fraction(value: number): number {
  return value - Math.floor(value);
}
