import type { Random } from './random.ts';

export type LumpShape = 'faceted' | 'slab' | 'round' | 'rough';

export interface LumpSizes {
  readonly shape: LumpShape;
  /** Median radius and spread (of the logarithm), in cells of the tile. */
  readonly medianRadius: number;
  readonly spread: number;
  /** How often lumps are thrown over one another: 1 just covers the tile. */
  readonly layers: number;
}

/**
 * A periodic relief of lumps as they lie: height, and which lump is on top.
 * Whether a lump is there at all is decided by its centre, so that a heap's edge consists of whole lumps.
 */
export class LumpTile {
  readonly size: number;
  /** Height above the bed in cells, 0 where no lump lies. */
  readonly height: Float32Array;
  /** Lump on top, from 1; 0 is none. */
  readonly id: Uint16Array;
  readonly centreX: Float32Array;
  readonly centreY: Float32Array;
  readonly radius: Float32Array;

  constructor(size: number, sizes: LumpSizes, random: Random) {
    this.size = size;
    this.height = new Float32Array(size * size);
    this.id = new Uint16Array(size * size);
    const radii = drawRadii(size, sizes, random);
    this.centreX = new Float32Array(radii.length + 1);
    this.centreY = new Float32Array(radii.length + 1);
    this.radius = new Float32Array(radii.length + 1);
    radii.forEach((radius, index) => {
      this.#throwLump(index + 1, radius, sizes.shape, random);
    });
  }

  #throwLump(id: number, radius: number, shape: LumpShape, random: Random): void {
    const cx = random.range(0, this.size);
    const cy = random.range(0, this.size);
    this.centreX[id] = cx;
    this.centreY[id] = cy;
    this.radius[id] = radius;
    const planes = lumpPlanes(radius, shape, random);
    const lift = radius * random.range(0, 0.5);
    const reach = Math.ceil(radius * 1.5);
    const mask = this.size - 1;
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const top = shape === 'round' ? dome(dx, dy, radius) : lowest(planes, dx, dy);
        if (top <= 0) continue;
        const cell = ((Math.floor(cy) + dy) & mask) * this.size + ((Math.floor(cx) + dx) & mask);
        if (top + lift > this.height[cell]) {
          this.height[cell] = top + lift;
          this.id[cell] = id;
        }
      }
    }
  }
}

function drawRadii(size: number, sizes: LumpSizes, random: Random): number[] {
  const radii: number[] = [];
  let area = 0;
  while (area < sizes.layers * size * size && radii.length < 60000) {
    const radius = Math.min(
      size / 5,
      Math.max(0.8, sizes.medianRadius * Math.exp(sizes.spread * random.normal())),
    );
    radii.push(radius);
    area += Math.PI * radius * radius;
  }
  // Small ones sink between the large ones: thrown first, they end up below.
  return radii.sort((a, b) => a + a * 0.8 * (random.next() - 0.5) - b);
}

/** The upper hull of a convex stone as planes z = a x + b y + c, flat in `[a, b, c, ...]`. */
function lumpPlanes(radius: number, shape: LumpShape, random: Random): Float32Array {
  const count = shape === 'slab' ? random.integer(5, 7) : random.integer(6, shape === 'rough' ? 14 : 10);
  const planes = new Float32Array(3 * (count + 2));
  const squeeze = shape === 'slab' ? random.range(0.45, 0.8) : random.range(0.65, 1);
  const turn = random.range(0, Math.PI);
  for (let i = 0; i < count; i++) {
    // Side faces all around, so that the outline is closed.
    const angle = ((i + random.range(-0.35, 0.35)) / count) * 2 * Math.PI;
    const steep = shape === 'slab' ? random.range(1.2, 4) : random.range(0.5, 2.5);
    const along = Math.cos(angle - turn);
    const across = Math.sin(angle - turn);
    const distance = radius * random.range(0.85, 1.15) * Math.hypot(along, across * squeeze);
    planes[3 * i] = -Math.cos(angle) * steep;
    planes[3 * i + 1] = -Math.sin(angle) * steep;
    planes[3 * i + 2] = distance * steep;
  }
  for (let i = count; i < count + 2; i++) {
    const tilt = shape === 'slab' ? 0.35 : 0.6;
    planes[3 * i] = random.range(-tilt, tilt);
    planes[3 * i + 1] = random.range(-tilt, tilt);
    planes[3 * i + 2] = radius * (shape === 'slab' ? random.range(0.25, 0.5) : random.range(0.6, 1));
  }
  return planes;
}

function lowest(planes: Float32Array, dx: number, dy: number): number {
  let low = Number.POSITIVE_INFINITY;
  for (let i = 0; i < planes.length; i += 3) {
    const z = planes[i] * dx + planes[i + 1] * dy + planes[i + 2];
    if (z < low) {
      if (z <= 0) return 0;
      low = z;
    }
  }
  return low;
}

function dome(dx: number, dy: number, radius: number): number {
  const rest = radius * radius - dx * dx - dy * dy;
  return rest > 0 ? Math.sqrt(rest) : 0;
}
