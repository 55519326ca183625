import type { Camera, Vector } from './camera.ts';
import { subtract } from './camera.ts';
import type { LoadMaterial } from './materials.ts';
import type { Random } from './random.ts';
import { hash } from './random.ts';
import type { Picture } from './trace.ts';

export interface FallingLump {
  readonly place: Vector;
  readonly velocity: Vector;
  readonly radius: number;
  readonly key: number;
}

const STEPS = 6;

/** A curtain of lumps in the air above a place. */
export function drawFall(
  random: Random,
  over: Vector,
  width: number,
  height: number,
  radius: number,
): FallingLump[] {
  const count = Math.round(random.logRange(15, 350));
  const sideways = random.range(-1.5, 1.5);
  return Array.from({ length: count }, (_, key) => {
    const down = random.next();
    return {
      place: [
        over[0] + random.normal() * width * (0.3 + 0.4 * (1 - down)) + sideways * 0.3 * (1 - down),
        over[1] + random.normal() * width * 0.4,
        over[2] + height * down,
      ],
      velocity: [sideways, random.normal() * 0.3, -random.range(2, 6)],
      radius: radius * random.logRange(0.4, 1.6),
      key: key + 1,
    };
  });
}

/**
 * Draws lumps in the air as polygons smeared along their way through the exposure; what covers half a pixel
 * or more counts as load.
 */
export function drawFalling(
  picture: Picture,
  lumps: readonly FallingLump[],
  camera: Camera,
  material: LoadMaterial,
  exposureSeconds: number,
  light: number,
): void {
  const { width, height } = picture;
  const cover = new Float32Array(width * height);
  const tone = new Float32Array(width * height);
  for (const lump of lumps) {
    for (let step = 0; step < STEPS; step++) {
      const back = (exposureSeconds * step) / STEPS;
      const place: Vector = subtract(lump.place, [
        lump.velocity[0] * back,
        lump.velocity[1] * back,
        lump.velocity[2] * back,
      ]);
      const seen = camera.project(place, width, height);
      if (seen === undefined) continue;
      const radius = lump.radius * seen.scale;
      if (radius > width / 3) continue;
      stamp(picture, cover, tone, seen.x, seen.y, radius, seen.distance, lump.key);
    }
  }
  for (let i = 0; i < cover.length; i++) {
    const c = Math.min(1, cover[i]);
    if (c === 0) continue;
    const shade = (tone[i] / cover[i]) * light;
    for (let k = 0; k < 3; k++) {
      const own = (material.dark[k] + material.light[k]) * 0.5 * shade;
      picture.rgb[3 * i + k] += c * (own - picture.rgb[3 * i + k]);
    }
    if (c >= 0.5) picture.mask[i] = 1;
  }
}

function stamp(
  picture: Picture,
  cover: Float32Array,
  tone: Float32Array,
  cx: number,
  cy: number,
  radius: number,
  distance: number,
  key: number,
): void {
  const corners = 5 + Math.floor(hash(key) * 4);
  const turn = hash(key + 5) * 6.3;
  const squeeze = 0.6 + 0.4 * hash(key + 9);
  const reach = Math.max(0.6, radius);
  const share = Math.min(1, radius / 0.6) ** 2 / STEPS;
  for (let y = Math.max(0, Math.floor(cy - reach)); y <= Math.min(picture.height - 1, cy + reach); y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x <= Math.min(picture.width - 1, cx + reach); x++) {
      const dx = (x - cx) / reach;
      const dy = (y - cy) / reach / squeeze;
      const sector = ((Math.atan2(dy, dx) + turn) / (2 * Math.PI)) * corners;
      const within = (sector - Math.floor(sector) - 0.5) * ((2 * Math.PI) / corners);
      if (Math.hypot(dx, dy) * Math.cos(within) > 0.85) continue;
      const i = y * picture.width + x;
      if (picture.depth[i] < distance) continue;
      cover[i] += share;
      tone[i] += share * (0.4 + 1.3 * hash(key * 31 + (Math.floor(sector) % corners)));
    }
  }
}
