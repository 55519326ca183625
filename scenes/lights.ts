import type { Vector } from './camera.ts';
import { normalise } from './camera.ts';
import type { Rgb } from './materials.ts';
import type { Random } from './random.ts';

export interface Light {
  /** A lamp has a place, the sun a direction towards it. */
  readonly place?: Vector;
  readonly direction?: Vector;
  readonly colour: Rgb;
  /** A spot's axis and the cosine of its half angle. */
  readonly axis?: Vector;
  readonly edge?: number;
  /** Drawn as a glare in the picture when in view. */
  readonly glare: number;
}

export interface Lighting {
  readonly name: string;
  readonly ambient: Rgb;
  readonly lights: readonly Light[];
  /** Mean of the picture that the camera's exposure aims at, display values. */
  readonly exposure: number;
}

const white: Rgb = [1, 1, 1];
const sodium: Rgb = [1, 0.62, 0.25];
const cool: Rgb = [0.85, 0.95, 1.1];
const warm: Rgb = [1, 0.85, 0.65];

/** `reach` is the size of the scene in metres. */
export function drawLighting(random: Random, reach: number, split: 'train' | 'held-out'): Lighting {
  if (split === 'held-out')
    return random.chance(0.5) ? drawHeadlamp(random, reach) : drawSodium(random, reach);
  const roll = random.next();
  if (roll < 0.3) return drawDay(random);
  if (roll < 0.65) return drawHall(random, reach);
  return drawNight(random, reach);
}

function drawDay(random: Random): Lighting {
  const height = random.range(0.15, 1.2);
  const angle = random.range(0, 2 * Math.PI);
  const sun = random.range(0.2, 3);
  return {
    name: 'day',
    ambient: mix(random.pick([cool, white]), random.range(0.4, 1)),
    lights: [
      {
        direction: normalise([Math.cos(angle), Math.sin(angle), height]),
        colour: mix(random.pick([white, warm]), sun),
        glare: 0,
      },
    ],
    exposure: random.range(0.25, 0.6),
  };
}

function drawHall(random: Random, reach: number): Lighting {
  const colour = random.pick([white, cool, warm]);
  return {
    name: 'hall',
    ambient: mix(colour, random.range(0.15, 0.8)),
    lights: Array.from({ length: random.integer(1, 3) }, () => ({
      place: drawPlace(random, reach, random.range(0.5, 2)),
      colour: mix(colour, reach * reach * random.range(0.3, 2)),
      glare: random.chance(0.3) ? random.range(0.1, 0.7) : 0,
    })),
    exposure: random.range(0.2, 0.5),
  };
}

/** One lamp, hardly anything else: black shadows, burnt-out highlights, and often no colour. */
function drawNight(random: Random, reach: number): Lighting {
  const colour = random.pick([white, cool, warm]);
  return {
    name: 'night',
    ambient: mix(colour, random.logRange(0.004, 0.12)),
    lights: Array.from({ length: random.integer(1, 2) }, () => ({
      place: drawPlace(random, reach, random.range(0.25, 1.6)),
      colour: mix(colour, reach * reach * random.range(0.5, 2)),
      glare: random.chance(0.6) ? random.logRange(0.2, 2) : 0,
    })),
    exposure: random.range(0.1, 0.35),
  };
}

function drawSodium(random: Random, reach: number): Lighting {
  return {
    name: 'sodium lamps',
    ambient: mix(sodium, random.range(0.05, 0.2)),
    lights: [0, 1].map(() => ({
      place: drawPlace(random, reach, 1.2),
      colour: mix(sodium, reach * reach),
      glare: 0.3,
    })),
    exposure: random.range(0.2, 0.4),
  };
}

function drawHeadlamp(random: Random, reach: number): Lighting {
  const place = drawPlace(random, reach, 0.9);
  return {
    name: 'headlamp beam',
    ambient: mix(cool, 0.02),
    lights: [
      {
        place,
        colour: mix(cool, 2 * reach * reach),
        axis: normalise([-place[0], reach / 2 - place[1], -place[2]]),
        edge: 0.86,
        glare: 0.2,
      },
    ],
    exposure: random.range(0.12, 0.25),
  };
}

function drawPlace(random: Random, reach: number, height: number): Vector {
  return [random.range(-1, 1) * reach * 0.7, random.range(-0.3, 1.3) * reach, reach * height * 0.6 + 0.4];
}

function mix(colour: Rgb, gain: number): Rgb {
  return [colour[0] * gain, colour[1] * gain, colour[2] * gain];
}
