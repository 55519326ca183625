import type { Vector } from './camera.ts';
import type { Rgb } from './materials.ts';

export type Texture =
  | 'plain'
  | 'concrete'
  | 'rough concrete'
  | 'rust'
  | 'corrugated'
  | 'grating'
  | 'mesh'
  | 'brick'
  | 'hazard'
  | 'plate'
  | 'cloth';

export interface Finish {
  readonly texture: Texture;
  readonly colour: Rgb;
  readonly gloss: number;
  /** Pattern repeats per metre. */
  readonly scale: number;
  readonly phase: number;
}

/** Boxes stand along the axes; capsules serve as rollers, pipes, rails and limbs; ellipsoids as heads and bags. */
export type Primitive =
  | { readonly shape: 'box'; readonly low: Vector; readonly high: Vector; readonly finish: Finish }
  | {
      readonly shape: 'capsule';
      readonly from: Vector;
      readonly to: Vector;
      readonly radius: number;
      readonly finish: Finish;
    }
  | { readonly shape: 'ellipsoid'; readonly centre: Vector; readonly radii: Vector; readonly finish: Finish };

export function boundingSphere(item: Primitive): { centre: Vector; radius: number } {
  if (item.shape === 'box') return around(item.low, item.high, 0);
  if (item.shape === 'capsule') return around(item.from, item.to, item.radius);
  return { centre: item.centre, radius: Math.max(...item.radii) };
}

function around(a: Vector, b: Vector, extra: number): { centre: Vector; radius: number } {
  return {
    centre: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2],
    radius: Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]) / 2 + extra,
  };
}

/** Distance along the ray to the first hit, or Infinity. `o` is the origin, `d` a unit direction. */
export function intersect(item: Primitive, o: ArrayLike<number>, d: ArrayLike<number>): number {
  if (item.shape === 'box') return intersectBox(item.low, item.high, o, d);
  if (item.shape === 'capsule') return intersectCapsule(item.from, item.to, item.radius, o, d);
  return intersectEllipsoid(item.centre, item.radii, o, d);
}

function intersectBox(low: Vector, high: Vector, o: ArrayLike<number>, d: ArrayLike<number>): number {
  let near = 0;
  let far = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 3; k++) {
    const inverse = 1 / d[k];
    let a = (low[k] - o[k]) * inverse;
    let b = (high[k] - o[k]) * inverse;
    if (a > b) {
      const swap = a;
      a = b;
      b = swap;
    }
    if (a > near) near = a;
    if (b < far) far = b;
  }
  return near < far && near > 0 ? near : Number.POSITIVE_INFINITY;
}

function intersectCapsule(
  from: Vector,
  to: Vector,
  radius: number,
  o: ArrayLike<number>,
  d: ArrayLike<number>,
): number {
  const bx = to[0] - from[0];
  const by = to[1] - from[1];
  const bz = to[2] - from[2];
  const ox = o[0] - from[0];
  const oy = o[1] - from[1];
  const oz = o[2] - from[2];
  const bb = bx * bx + by * by + bz * bz;
  const bd = bx * d[0] + by * d[1] + bz * d[2];
  const bo = bx * ox + by * oy + bz * oz;
  const od = ox * d[0] + oy * d[1] + oz * d[2];
  const oo = ox * ox + oy * oy + oz * oz;
  const a = bb - bd * bd;
  const b = bb * od - bo * bd;
  const c = bb * oo - bo * bo - radius * radius * bb;
  const h = b * b - a * c;
  if (h < 0) return Number.POSITIVE_INFINITY;
  const t = (-b - Math.sqrt(h)) / a;
  const along = bo + t * bd;
  if (along > 0 && along < bb) return t > 0 ? t : Number.POSITIVE_INFINITY;
  // A cap: the sphere at the nearer end.
  const ex = along <= 0 ? ox : o[0] - to[0];
  const ey = along <= 0 ? oy : o[1] - to[1];
  const ez = along <= 0 ? oz : o[2] - to[2];
  const eb = ex * d[0] + ey * d[1] + ez * d[2];
  const ec = ex * ex + ey * ey + ez * ez - radius * radius;
  const eh = eb * eb - ec;
  if (eh <= 0) return Number.POSITIVE_INFINITY;
  const cap = -eb - Math.sqrt(eh);
  return cap > 0 ? cap : Number.POSITIVE_INFINITY;
}

function intersectEllipsoid(
  centre: Vector,
  radii: Vector,
  o: ArrayLike<number>,
  d: ArrayLike<number>,
): number {
  let a = 0;
  let b = 0;
  let c = -1;
  for (let k = 0; k < 3; k++) {
    const p = (o[k] - centre[k]) / radii[k];
    const q = d[k] / radii[k];
    a += q * q;
    b += p * q;
    c += p * p;
  }
  const h = b * b - a * c;
  if (h < 0) return Number.POSITIVE_INFINITY;
  const t = (-b - Math.sqrt(h)) / a;
  return t > 0 ? t : Number.POSITIVE_INFINITY;
}

/** Writes the outward normal at a hit into `out`. */
export function normalAt(item: Primitive, p: ArrayLike<number>, out: Float64Array): void {
  if (item.shape === 'box') {
    let best = Number.POSITIVE_INFINITY;
    for (let k = 0; k < 3; k++) {
      for (const side of [-1, 1]) {
        const distance = Math.abs(p[k] - (side < 0 ? item.low[k] : item.high[k]));
        if (distance < best) {
          best = distance;
          out.fill(0);
          out[k] = side;
        }
      }
    }
    return;
  }
  if (item.shape === 'ellipsoid') {
    for (let k = 0; k < 3; k++) out[k] = (p[k] - item.centre[k]) / (item.radii[k] * item.radii[k]);
  } else {
    let along = 0;
    let length = 0;
    for (let k = 0; k < 3; k++) {
      const b = item.to[k] - item.from[k];
      along += (p[k] - item.from[k]) * b;
      length += b * b;
    }
    const share = Math.min(1, Math.max(0, along / length));
    for (let k = 0; k < 3; k++) out[k] = p[k] - item.from[k] - share * (item.to[k] - item.from[k]);
  }
  const size = Math.hypot(out[0], out[1], out[2]) || 1;
  for (let k = 0; k < 3; k++) out[k] /= size;
}
