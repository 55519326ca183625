import type { LumpShape, LumpSizes } from './lumps.ts';
import type { Random } from './random.ts';

export type Rgb = readonly [number, number, number];

/** What lies on the belt. Every bulk material counts as load, so that a chute of ore or stone is watched as well. */
export interface LoadMaterial {
  readonly name: string;
  /** Linear albedo of single lumps lies between these two. */
  readonly dark: Rgb;
  readonly light: Rgb;
  readonly lumps: LumpSizes;
  /** Strength of highlights on facets; `polish` is the exponent. */
  readonly gloss: number;
  readonly polish: number;
  /** How strongly the grain of the surface tilts normals and changes tones. */
  readonly roughness: number;
  /** Dust that settles on what faces up. */
  readonly dusty: number;
}

interface MaterialRange {
  readonly dark: Rgb;
  readonly light: Rgb;
  readonly shapes: readonly LumpShape[];
  readonly radius: readonly [number, number];
  readonly gloss: readonly [number, number];
  readonly dusty: readonly [number, number];
  readonly share: number;
}

/** Tones from published reflectances: coal 3 to 10 %, ore 8 to 30 %, limestone 40 to 70 %. */
const trained: Record<string, MaterialRange> = {
  coal: {
    dark: [0.012, 0.012, 0.014],
    light: [0.07, 0.07, 0.075],
    shapes: ['faceted', 'rough'],
    radius: [2, 14],
    gloss: [0, 0.5],
    dusty: [0, 0.2],
    share: 5,
  },
  anthracite: {
    dark: [0.008, 0.008, 0.01],
    light: [0.05, 0.052, 0.06],
    shapes: ['faceted', 'slab'],
    radius: [3, 18],
    gloss: [0.3, 1.4],
    dusty: [0, 0.05],
    share: 3,
  },
  'coal slabs': {
    dark: [0.02, 0.02, 0.02],
    light: [0.1, 0.1, 0.1],
    shapes: ['slab'],
    radius: [10, 40],
    gloss: [0, 0.8],
    dusty: [0, 0.3],
    share: 2,
  },
  'coal fines': {
    dark: [0.015, 0.014, 0.014],
    light: [0.06, 0.06, 0.06],
    shapes: ['rough'],
    radius: [0.9, 2.5],
    gloss: [0, 0.2],
    dusty: [0, 0.2],
    share: 2,
  },
  'dusty coal': {
    dark: [0.05, 0.05, 0.05],
    light: [0.22, 0.22, 0.21],
    shapes: ['faceted', 'rough', 'slab'],
    radius: [2, 18],
    gloss: [0, 0.1],
    dusty: [0.3, 0.9],
    share: 3,
  },
  'iron ore': {
    dark: [0.06, 0.035, 0.025],
    light: [0.26, 0.15, 0.11],
    shapes: ['faceted', 'rough'],
    radius: [1, 12],
    gloss: [0, 0.3],
    dusty: [0, 0.5],
    share: 2,
  },
  pellets: {
    dark: [0.06, 0.05, 0.05],
    light: [0.24, 0.19, 0.18],
    shapes: ['round'],
    radius: [1.2, 6],
    gloss: [0, 0.2],
    dusty: [0, 0.4],
    share: 2,
  },
  limestone: {
    dark: [0.2, 0.19, 0.17],
    light: [0.6, 0.58, 0.53],
    shapes: ['faceted', 'rough', 'round'],
    radius: [2, 16],
    gloss: [0, 0.1],
    dusty: [0, 0.4],
    share: 2,
  },
  gravel: {
    dark: [0.08, 0.08, 0.08],
    light: [0.4, 0.39, 0.37],
    shapes: ['round', 'rough', 'faceted'],
    radius: [2, 12],
    gloss: [0, 0.3],
    dusty: [0, 0.5],
    share: 2,
  },
};

/** Never trained on: they tell how far the model travels. */
const heldOut: Record<string, MaterialRange> = {
  coke: {
    dark: [0.05, 0.05, 0.055],
    light: [0.3, 0.3, 0.32],
    shapes: ['rough', 'slab'],
    radius: [5, 16],
    gloss: [0.1, 0.5],
    dusty: [0, 0.1],
    share: 1,
  },
  lignite: {
    dark: [0.025, 0.016, 0.01],
    light: [0.14, 0.09, 0.055],
    shapes: ['faceted', 'rough'],
    radius: [2, 14],
    gloss: [0, 0.1],
    dusty: [0, 0.2],
    share: 1,
  },
  'blast rock': {
    dark: [0.08, 0.085, 0.09],
    light: [0.3, 0.3, 0.33],
    shapes: ['slab', 'faceted'],
    radius: [12, 44],
    gloss: [0, 0.2],
    dusty: [0, 0.3],
    share: 1,
  },
};

export function materialNames(split: 'train' | 'held-out'): string[] {
  return Object.keys(split === 'train' ? trained : heldOut);
}

export function drawMaterial(random: Random, split: 'train' | 'held-out', name?: string): LoadMaterial {
  const table = split === 'train' ? trained : heldOut;
  const chosen = name ?? weighted(random, table);
  const range = trained[chosen] ?? heldOut[chosen];
  if (range === undefined) throw new RangeError(`no material is called ${chosen}`);
  const brightness = random.logRange(0.7, 1.5);
  const tint = () => brightness * random.range(0.92, 1.08);
  return {
    name: chosen,
    dark: scale(range.dark, tint()),
    light: scale(range.light, tint()),
    lumps: {
      shape: random.pick(range.shapes),
      medianRadius: random.logRange(...range.radius),
      spread: random.range(0.1, 0.7),
      layers: random.range(1.6, 3.5),
    },
    gloss: random.range(...range.gloss),
    polish: random.logRange(6, 60),
    roughness: random.chance(0.15) ? 0.05 : random.range(0.2, 1.2),
    dusty: random.range(...range.dusty),
  };
}

function weighted(random: Random, table: Record<string, MaterialRange>): string {
  const names = Object.keys(table);
  let ticket = random.range(
    0,
    names.reduce((sum, name) => sum + table[name].share, 0),
  );
  for (const name of names) {
    ticket -= table[name].share;
    if (ticket < 0) return name;
  }
  return names[0];
}

function scale(colour: Rgb, factor: number): Rgb {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}
