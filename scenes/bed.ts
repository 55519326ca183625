import type { Rgb } from './materials.ts';
import { clouds, grain, patches } from './noise.ts';
import type { Random } from './random.ts';

/** What the load lies on: a belt, a steel pan, a concrete floor. Lengths in metres, x across, y along, z up. */
export interface Bed {
  readonly kind: 'belt' | 'pan' | 'floor';
  readonly halfWidth: number;
  readonly length: number;
  readonly colour: Rgb;
  /** Flat centre's half width and the rise of the sides beside it (a trough). */
  readonly flat: number;
  readonly rise: number;
  readonly grainGain: number;
  readonly streakGain: number;
  readonly gloss: number;
  readonly polish: number;
  /** Worn, polished or dusty lanes along the belt. */
  readonly lanes: readonly Lane[];
  readonly stains: Stains;
  readonly water: Stains;
  /** Ribs across the belt: a relief that is regular, unlike coal. */
  readonly ribs: { readonly pitch: number; readonly height: number; readonly chevron: number };
  readonly splice: number;
  readonly phase: number;
}

interface Lane {
  readonly x: number;
  readonly width: number;
  readonly gain: number;
  readonly gloss: number;
  readonly tint: Rgb;
}

interface Stains {
  readonly threshold: number;
  readonly scale: number;
  readonly stretch: number;
  readonly gain: number;
}

export interface BedSample {
  red: number;
  green: number;
  blue: number;
  gloss: number;
  bump: number;
}

export function drawBed(random: Random, kind: Bed['kind']): Bed {
  const halfWidth = kind === 'floor' ? random.range(1.5, 3.5) : random.range(0.4, 1.1);
  const grey = kind === 'belt' ? random.logRange(0.012, 0.3) : random.logRange(0.05, 0.45);
  const warmth = random.range(-0.1, 0.14);
  return {
    kind,
    halfWidth,
    length: kind === 'floor' ? halfWidth * random.range(1.5, 2.2) : random.range(3, 9) * halfWidth,
    colour: [grey * (1 + warmth), grey, grey * (1 - warmth * random.range(0.5, 1.4))],
    flat: halfWidth * random.range(0.2, 0.6),
    rise: kind === 'belt' ? random.range(0, 0.7) : kind === 'pan' ? random.pick([0, 0, 0.4]) : 0,
    grainGain: random.logRange(0.02, 0.5),
    streakGain: random.chance(0.7) ? random.logRange(0.05, 0.7) : 0,
    gloss: random.chance(0.5) ? random.range(0.05, 0.8) : 0.02,
    polish: random.logRange(3, 40),
    lanes: Array.from({ length: random.integer(0, 5) }, () => drawLane(random, halfWidth)),
    stains: {
      ...drawStains(random, 0.5),
      gain: random.chance(0.6) ? random.range(-0.8, -0.2) : random.range(0.2, 1.8),
    },
    water: { ...drawStains(random, 0.25), gain: random.range(-0.6, -0.2) },
    ribs:
      random.chance(0.12) && kind === 'belt'
        ? { pitch: random.range(0.08, 0.4), height: random.range(0.004, 0.02), chevron: random.range(-1, 1) }
        : { pitch: 1, height: 0, chevron: 0 },
    splice: random.chance(0.3) ? random.range(0.5, 4) : 1e9,
    phase: random.range(0, 1000),
  };
}

function drawLane(random: Random, halfWidth: number): Lane {
  const tint = random.range(-0.25, 0.25);
  return {
    x: random.range(-1, 1) * halfWidth,
    width: halfWidth * random.logRange(0.02, 0.3),
    gain: random.chance(0.7) ? random.range(0.2, 3) : random.range(-0.7, -0.2),
    gloss: random.chance(0.5) ? random.range(0, 1.5) : 0,
    tint: [1 + tint, 1, 1 - tint],
  };
}

function drawStains(random: Random, probability: number): Stains {
  return {
    threshold: random.chance(probability) ? random.range(-0.05, 0.35) : 9,
    scale: random.logRange(8, 120),
    stretch: random.chance(0.5) ? random.range(0.05, 0.5) : 1,
    gain: 0,
  };
}

export function bedHeight(bed: Bed, x: number): number {
  const beyond = Math.abs(x) - bed.flat;
  return beyond > 0 ? beyond * bed.rise : 0;
}

/** Tone, gloss and bump at a place; `y` moves with the belt. Writes into `out`: this runs for every cell. */
export function sampleBed(bed: Bed, x: number, y: number, out: BedSample): void {
  const p = bed.phase;
  let gain = 1 + bed.grainGain * (2 * grain.at(x * 190 + p, y * 190) + clouds.smoothAt(x * 22, y * 22 + p));
  gain *=
    1 +
    bed.streakGain * 2 * (patches.smoothAt(x * 60 + p, y * 1.5) + 0.5 * grain.smoothAt(x * 150, y * 2 + p));
  let gloss = bed.gloss * (1 + 1.5 * clouds.smoothAt(x * 30 + p, y * 9));
  let red = 1;
  let blue = 1;
  for (const lane of bed.lanes) {
    const wobble = 0.25 * lane.width * clouds.smoothAt(y * 5 + p, lane.x * 50);
    const d = (x - lane.x - wobble) / lane.width;
    const weight = Math.exp(-d * d * d * d);
    if (weight < 0.01) continue;
    gain *= 1 + lane.gain * weight;
    gloss += lane.gloss * weight;
    red *= 1 + (lane.tint[0] - 1) * weight;
    blue *= 1 + (lane.tint[2] - 1) * weight;
  }
  const stain =
    clouds.smoothAt(x * bed.stains.scale + p, y * bed.stains.scale * bed.stains.stretch) -
    bed.stains.threshold;
  if (stain > 0) gain *= 1 + bed.stains.gain * Math.min(1, stain * 12);
  const water =
    clouds.smoothAt(x * bed.water.scale, y * bed.water.scale * bed.water.stretch + p) - bed.water.threshold;
  if (water > 0) {
    const wet = Math.min(1, water * 15);
    gain *= 1 + bed.water.gain * wet;
    gloss += 1.2 * wet;
  }
  let bump = 0.0006 * grain.at(x * 260 + p, y * 260);
  if (bed.ribs.height > 0) {
    const along = (y + bed.ribs.chevron * Math.abs(x)) / bed.ribs.pitch;
    const within = along - Math.floor(along);
    if (within < 0.2) bump += bed.ribs.height * Math.sin((within / 0.2) * Math.PI);
  }
  const spliceAt = (y + 0.3 * x) / bed.splice;
  if (Math.abs(spliceAt - Math.round(spliceAt)) * bed.splice < 0.012) gain *= 0.55;
  if (gain < 0.05) gain = 0.05;
  out.red = bed.colour[0] * gain * red;
  out.green = bed.colour[1] * gain;
  out.blue = bed.colour[2] * gain * blue;
  out.gloss = Math.max(gloss, 0);
  out.bump = bump;
}
