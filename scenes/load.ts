import type { Bed } from './bed.ts';
import { bedHeight } from './bed.ts';
import { clouds } from './noise.ts';
import type { Random } from './random.ts';

/** How the load lies on the bed: the shape of its body, and lumps strewn beside it. */
export interface Load {
  /** 0 is empty, about 1 covers the bed; clips change it from frame to frame. */
  fill: number;
  readonly shape: 'ridge' | 'level' | 'cones' | 'patches' | 'strewn';
  readonly repose: number;
  readonly offset: number;
  readonly unevenness: number;
  readonly waveLength: number;
  /** Lumps that lie singly, per full cover. */
  readonly strewn: number;
  readonly cones: readonly { readonly x: number; readonly y: number; readonly share: number }[];
  readonly phase: number;
}

export function drawLoad(random: Random, bed: Bed): Load {
  const shape =
    bed.kind === 'floor'
      ? random.pick(['cones', 'cones', 'level', 'patches'] as const)
      : random.pick(['ridge', 'ridge', 'ridge', 'level', 'cones', 'patches', 'strewn', 'strewn'] as const);
  const count = random.integer(1, 3);
  return {
    fill: random.pick([random.range(0.05, 0.5), random.range(0.3, 1), random.range(0.8, 1.4)]),
    shape,
    repose: random.range(0.25, 0.75),
    offset: random.normal() * 0.15 * bed.halfWidth,
    unevenness: random.range(0, 0.6),
    waveLength: random.logRange(0.2, 2),
    strewn: random.chance(0.6) ? random.logRange(0.01, 0.5) : 0,
    cones: Array.from({ length: count }, () => ({
      x: random.range(-0.9, 0.9) * bed.halfWidth,
      y: random.range(0.1, 0.9) * bed.length,
      share: random.range(0.5, 1),
    })),
    phase: random.range(0, 1000),
  };
}

/** Top of the load's body above z = 0 in metres; where it is below the bed, nothing lies. */
export function loadHeight(load: Load, bed: Bed, x: number, y: number, flow: number): number {
  if (load.fill <= 0) return -1;
  const wave =
    1 + load.unevenness * 2 * clouds.smoothAt(((y - flow) / load.waveLength) * 6 + load.phase, load.phase);
  const fill = load.fill * wave;
  const w = bed.halfWidth;
  const edge = clouds.smoothAt(x * 40 + load.phase, (y - flow) * 40) * 0.06 * w;
  switch (load.shape) {
    case 'ridge': {
      const reach = fill * w * 1.05 - Math.abs(x - load.offset) + edge;
      const round = reach > 0 ? reach - (0.35 * reach * reach) / (fill * w + 0.01) : reach;
      return bedHeight(bed, fill * w) * 0.8 + load.repose * round;
    }
    case 'level': {
      const low = bed.kind === 'belt' ? 0 : (0.5 - y / bed.length) * load.repose * 0.5;
      return fill * 0.5 * w + low * w + edge - 0.12 * w;
    }
    case 'cones': {
      let top = -1;
      for (const cone of load.cones) {
        const distance = Math.hypot(x - cone.x, y - cone.y);
        const apex = load.fill * cone.share * w * 1.5 * load.repose;
        const z = apex - load.repose * (distance - (0.08 * w * w) / (distance + 0.25 * w)) + edge;
        if (z > top) top = z;
      }
      return top;
    }
    case 'patches': {
      const field =
        clouds.smoothAt((x / w) * 40 + load.phase, ((y - flow) / w) * 40) - 0.45 + load.fill * 0.85;
      return bedHeight(bed, x) + field * 0.35 * w;
    }
    default:
      return -1;
  }
}

/** Share of single lumps that are there, at a place beside the body. */
export function strewnDensity(load: Load, bed: Bed, x: number, y: number, flow: number): number {
  const away = Math.abs(x - load.offset) / bed.halfWidth;
  const cloud = 1 + 2.4 * clouds.smoothAt(x * 25 + load.phase, (y - flow) * 25);
  if (load.shape === 'strewn') return load.fill * 1.1 * cloud * (1.15 - 0.6 * away);
  return load.strewn * Math.min(1, load.fill * 3) * cloud * (1.2 - away);
}
