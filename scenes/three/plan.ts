import type { CourseName } from '../courses.ts';
import { Random } from '../random.ts';

/** A scene for the second renderer; plain data, since it travels into the browser. */
export interface ThreePlan {
  readonly name: string;
  readonly course: CourseName;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly camera: [number, number, number];
  readonly fieldOfView: number;
  readonly shake: number;
  readonly halfWidth: number;
  readonly trough: number;
  readonly wall: number;
  readonly beltColour: number;
  readonly beltRoughness: number;
  readonly steelColour: number;
  readonly floorColour: number;
  readonly background: number;
  readonly fog: number;
  readonly ambient: number;
  readonly light: number;
  readonly lightColour: number;
  readonly lightPlace: [number, number, number];
  readonly spot: boolean;
  readonly lumps: number;
  readonly lumpSize: number;
  readonly lumpColour: number;
  readonly lumpRoughness: number;
  /** Boxes, rods and balls on the bed that are no load. */
  readonly things: number;
}

const usual: Omit<ThreePlan, 'name' | 'course' | 'seed'> = {
  width: 416,
  height: 312,
  camera: [0.6, 1.6, 2.2],
  fieldOfView: 50,
  shake: 0,
  halfWidth: 0.7,
  trough: 0.5,
  wall: 0.35,
  beltColour: 0x55565a,
  beltRoughness: 0.7,
  steelColour: 0x8c8c80,
  floorColour: 0x8d8a84,
  background: 0x9098a0,
  fog: 0,
  ambient: 0.9,
  light: 2.2,
  lightColour: 0xffffff,
  lightPlace: [2, 4, 2],
  spot: false,
  lumps: 2400,
  lumpSize: 0.13,
  lumpColour: 0x2a2a2c,
  lumpRoughness: 0.55,
  things: 0,
};

/** The six kinds of clip that the goals name. */
export const threePlans: readonly ThreePlan[] = [
  { ...usual, name: 'three-empty', course: 'empty', seed: 1 },
  { ...usual, name: 'three-busy', course: 'busy', seed: 2, camera: [-0.9, 1.3, 1.9], lightPlace: [-3, 3, 0] },
  {
    ...usual,
    name: 'three-slow-jam',
    course: 'slow jam',
    seed: 3,
    beltColour: 0x77726a,
    camera: [0.2, 2.2, 1.4],
  },
  {
    ...usual,
    name: 'three-sudden-jam',
    course: 'sudden jam',
    seed: 4,
    camera: [1.2, 1.5, 1.6],
    lumpSize: 0.09,
    lumps: 5000,
  },
  {
    ...usual,
    name: 'three-dark-dust-shake',
    course: 'slow jam',
    seed: 5,
    spot: true,
    ambient: 0.12,
    light: 2.5,
    lightColour: 0xffe0b0,
    background: 0x24221f,
    fog: 7,
    shake: 0.06,
    lightPlace: [-1, 2.5, 1.5],
  },
  {
    ...usual,
    name: 'three-large-lumps-black-belt',
    course: 'sudden jam',
    seed: 6,
    beltColour: 0x121213,
    beltRoughness: 0.9,
    lumpSize: 0.3,
    lumps: 700,
  },
];

/** Scenes for training: everything drawn from a seed. */
export function drawThreePlan(seed: number, width: number, height: number): ThreePlan {
  const random = new Random(seed);
  const grey = (low: number, high: number, warmth = 0.08) => {
    const v = random.logRange(low, high);
    const w = random.range(-warmth, warmth);
    const byte = (x: number) => Math.max(0, Math.min(255, Math.round(255 * x)));
    return (byte(v * (1 + w)) << 16) | (byte(v) << 8) | byte(v * (1 - w));
  };
  const night = random.chance(0.35);
  const size = random.logRange(0.04, 0.34);
  const pitch = random.range(0.35, 1.4);
  const away = random.range(1.5, 3.4);
  const turn = random.normal() * 0.5;
  return {
    ...usual,
    name: `three-${seed}`,
    course: 'busy',
    seed,
    width,
    height,
    camera: [
      away * Math.sin(turn) * Math.cos(pitch),
      away * Math.sin(pitch),
      away * Math.cos(turn) * Math.cos(pitch),
    ],
    fieldOfView: random.range(28, 75),
    halfWidth: random.range(0.45, 1),
    trough: random.range(0, 0.8),
    wall: random.range(0.02, 0.6),
    beltColour: grey(0.05, 0.7),
    beltRoughness: random.range(0.25, 1),
    steelColour: random.chance(0.3) ? random.pick([0xc09018, 0x2a5a9a, 0x2f6b3a, 0x9a4422]) : grey(0.15, 0.8),
    floorColour: grey(0.1, 0.7),
    background: grey(0.05, 0.7),
    fog: random.chance(0.3) ? random.range(5, 14) : 0,
    ambient: night ? random.range(0.05, 0.3) : random.range(0.3, 1.4),
    light: random.range(0.8, 3.5),
    lightColour: grey(0.8, 1, 0.2),
    lightPlace: [random.range(-4, 4), random.range(1.5, 5), random.range(-3, 3)],
    spot: night,
    lumps: Math.round(Math.min(5000, 32 / (size * size))),
    lumpSize: size,
    lumpColour: random.chance(0.75) ? grey(0.05, 0.3) : grey(0.3, 0.85, 0.2),
    lumpRoughness: random.range(0.3, 1),
    things: random.chance(0.4) ? random.integer(1, 5) : 0,
  };
}
