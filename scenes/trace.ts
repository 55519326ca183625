import type { Camera } from './camera.ts';
import { CandidateTiles } from './candidates.ts';
import { sampleFinish } from './finishes.ts';
import type { Lighting } from './lights.ts';
import type { Primitive } from './primitives.ts';
import { intersect, normalAt } from './primitives.ts';
import type { Surface } from './surface.ts';
import { BLOCK } from './surface.ts';

/** A picture in linear light, with the exact mask of what is load. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float32Array;
  readonly mask: Uint8Array;
  readonly depth: Float32Array;
  /** 1 where the surface moves with the belt. */
  readonly moving: Uint8Array;
}

export interface Stage {
  readonly surface: Surface;
  readonly items: readonly Primitive[];
  readonly lighting: Lighting;
  readonly camera: Camera;
  /** The bed itself runs, not only what lies on it. */
  readonly bedMoves: boolean;
  /** 1 shades the relief as it is; towards 0 it is drawn flat, by tone and outline alone. */
  readonly relief: number;
}

const FAR = 60;

/** Traces one ray per pixel: first hit among relief and primitives, one shadow ray, ambient by openness. */
export function trace(stage: Stage, width: number, height: number): Picture {
  const { surface, camera } = stage;
  const picture: Picture = {
    width,
    height,
    rgb: new Float32Array(width * height * 3),
    mask: new Uint8Array(width * height),
    depth: new Float32Array(width * height).fill(FAR),
    moving: new Uint8Array(width * height),
  };
  const o = Float64Array.from(camera.position);
  const d = new Float64Array(3);
  const p = new Float64Array(3);
  const n = new Float64Array(3);
  const shade = new Float64Array(3);
  const tiles = new CandidateTiles(stage.items, camera, width, height);
  const shader = new Shader(stage);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      camera.ray(x, y, width, height, d);
      let distance = FAR;
      let hit: Primitive | undefined;
      for (const item of tiles.at(x, y)) {
        const t = intersect(item, o, d);
        if (t < distance) {
          distance = t;
          hit = item;
        }
      }
      const t = march(surface, o, d, distance);
      if (t < distance) {
        distance = t;
        for (let k = 0; k < 3; k++) p[k] = o[k] + d[k] * t;
        const cell = cellAt(surface, p);
        shader.relief(cell, p, d, shade);
        const loaded = surface.loaded[cell];
        picture.mask[i] = loaded;
        picture.moving[i] = loaded === 1 || stage.bedMoves ? 1 : 0;
      } else if (hit !== undefined) {
        for (let k = 0; k < 3; k++) p[k] = o[k] + d[k] * distance;
        normalAt(hit, p, n);
        shader.finish(hit, p, n, d, shade);
      } else {
        const sky = 0.35 + 0.4 * Math.max(0, d[2]);
        for (let k = 0; k < 3; k++) shade[k] = stage.lighting.ambient[k] * sky;
      }
      picture.depth[i] = distance;
      picture.rgb.set(shade, 3 * i);
    }
  }
  return picture;
}

function cellAt(surface: Surface, p: ArrayLike<number>): number {
  const c = Math.min(surface.columns - 1, Math.max(0, Math.floor((p[0] - surface.left) / surface.cell)));
  const r = Math.min(surface.rows - 1, Math.max(0, Math.floor(p[1] / surface.cell)));
  return r * surface.columns + c;
}

/** Distance at which the ray goes below the relief, or `limit`. */
function march(surface: Surface, o: ArrayLike<number>, d: ArrayLike<number>, limit: number): number {
  const { cell, left, columns, rows, height, blocks, blockColumns } = surface;
  let near = 0.001;
  let far = limit;
  // Clip to the box of the relief.
  for (let k = 0; k < 3; k++) {
    const low = k === 0 ? left : k === 1 ? 0 : surface.lowest - 0.05;
    const high = k === 0 ? left + columns * cell : k === 1 ? rows * cell : surface.highest + 0.001;
    const inverse = 1 / (d[k] === 0 ? 1e-12 : d[k]);
    const a = (low - o[k]) * inverse;
    const b = (high - o[k]) * inverse;
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  if (near >= far) return limit;
  const flat = Math.sqrt(d[0] * d[0] + d[1] * d[1]) + 1e-9;
  const fine = Math.min((0.7 * cell) / flat, cell * 2);
  const coarse = Math.min((0.5 * BLOCK * cell) / flat, cell * BLOCK);
  let t = near;
  let last = near;
  while (t < far) {
    const c = Math.floor((o[0] + d[0] * t - left) / cell);
    const r = Math.floor((o[1] + d[1] * t) / cell);
    if (c >= 0 && r >= 0 && c < columns && r < rows) {
      const z = o[2] + d[2] * t;
      const over = z - blocks[(r >> 3) * blockColumns + (c >> 3)];
      if (over > 0) {
        // Nothing in this block reaches the ray: cross half a block, or fall towards its top.
        last = t;
        t += Math.max(fine, d[2] < 0 ? Math.min(coarse, over / -d[2]) : coarse);
        continue;
      }
      if (z < height[r * columns + c]) return bisect(surface, o, d, last, t);
    }
    last = t;
    t += fine;
  }
  return limit;
}

function bisect(
  surface: Surface,
  o: ArrayLike<number>,
  d: ArrayLike<number>,
  above: number,
  below: number,
): number {
  let low = above;
  let high = below;
  for (let i = 0; i < 4; i++) {
    const t = (low + high) / 2;
    const c = Math.min(
      surface.columns - 1,
      Math.max(0, Math.floor((o[0] + d[0] * t - surface.left) / surface.cell)),
    );
    const r = Math.min(surface.rows - 1, Math.max(0, Math.floor((o[1] + d[1] * t) / surface.cell)));
    if (o[2] + d[2] * t < surface.height[r * surface.columns + c]) high = t;
    else low = t;
  }
  return high;
}

class Shader {
  readonly #stage: Stage;
  readonly #l = new Float64Array(3);
  readonly #n = new Float64Array(3);
  readonly #start = new Float64Array(3);
  readonly #sample = { gain: 1, bumpU: 0, bumpV: 0 };

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  relief(cell: number, p: Float64Array, d: Float64Array, out: Float64Array): void {
    const { surface } = this.#stage;
    const { columns, height } = surface;
    const c = cell % columns;
    const east = c < columns - 1 ? 1 : 0;
    const west = c > 0 ? 1 : 0;
    const north = cell + columns < height.length ? columns : 0;
    const south = cell >= columns ? columns : 0;
    const sx =
      (this.#stage.relief * (height[cell + east] - height[cell - west])) /
      (surface.cell * Math.max(1, east + west));
    const sy =
      (this.#stage.relief * (height[cell + north] - height[cell - south])) /
      (surface.cell * Math.max(1, (north + south) / columns));
    const size = 1 / Math.sqrt(1 + sx * sx + sy * sy);
    const n = this.#n;
    n[0] = -sx * size;
    n[1] = -sy * size;
    n[2] = size;
    this.#light(
      p,
      n,
      d,
      surface.red[cell],
      surface.green[cell],
      surface.blue[cell],
      surface.gloss[cell],
      surface.open[cell],
      surface.loaded[cell] ? 24 : 10,
      out,
    );
  }

  finish(item: Primitive, p: Float64Array, normal: Float64Array, d: Float64Array, out: Float64Array): void {
    const n = this.#n;
    const ax = Math.abs(normal[0]);
    const ay = Math.abs(normal[1]);
    const az = Math.abs(normal[2]);
    const u = ax > ay && ax > az ? p[1] : p[0];
    const v = az > ax && az > ay ? p[1] : p[2];
    sampleFinish(item.finish, u, v, this.#sample);
    const { gain, bumpU, bumpV } = this.#sample;
    n[0] = normal[0] + (u === p[0] ? bumpU : 0);
    n[1] = normal[1] + (u === p[1] ? bumpU : v === p[1] ? bumpV : 0);
    n[2] = normal[2] + (v === p[2] ? bumpV : 0);
    const size = 1 / Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    for (let k = 0; k < 3; k++) n[k] *= size;
    const [red, green, blue] = item.finish.colour;
    this.#light(p, n, d, red * gain, green * gain, blue * gain, item.finish.gloss * gain, 0.8, 20, out);
  }

  #light(
    p: Float64Array,
    n: Float64Array,
    d: Float64Array,
    red: number,
    green: number,
    blue: number,
    gloss: number,
    open: number,
    polish: number,
    out: Float64Array,
  ): void {
    const { lighting } = this.#stage;
    const l = this.#l;
    const sky = open * (0.6 + 0.4 * n[2]);
    out[0] = red * lighting.ambient[0] * sky;
    out[1] = green * lighting.ambient[1] * sky;
    out[2] = blue * lighting.ambient[2] * sky;
    for (let index = 0; index < lighting.lights.length; index++) {
      const light = lighting.lights[index];
      let strength = 1;
      let reach = 8;
      if (light.place !== undefined) {
        for (let k = 0; k < 3; k++) l[k] = light.place[k] - p[k];
        const square = l[0] * l[0] + l[1] * l[1] + l[2] * l[2];
        reach = Math.sqrt(square);
        for (let k = 0; k < 3; k++) l[k] /= reach;
        strength = 1 / (square + 0.05);
        if (light.axis !== undefined && light.edge !== undefined) {
          const cosine = -(l[0] * light.axis[0] + l[1] * light.axis[1] + l[2] * light.axis[2]);
          const inside = (cosine - light.edge) / 0.05;
          strength *= inside < 0 ? 0.01 : Math.min(inside, 1);
        }
      } else if (light.direction !== undefined) {
        for (let k = 0; k < 3; k++) l[k] = light.direction[k];
      }
      const facing = n[0] * l[0] + n[1] * l[1] + n[2] * l[2];
      if (facing <= 0) continue;
      if (index === 0 && this.#shadowed(p, n, reach)) continue;
      // Blinn's half vector; the viewing direction is -d.
      const hx = l[0] - d[0];
      const hy = l[1] - d[1];
      const hz = l[2] - d[2];
      const half = (n[0] * hx + n[1] * hy + n[2] * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz + 1e-9);
      const shine = gloss > 0 && half > 0 ? gloss * 0.25 * half ** polish : 0;
      const lit = strength * facing;
      out[0] += light.colour[0] * (lit * red + strength * shine);
      out[1] += light.colour[1] * (lit * green + strength * shine);
      out[2] += light.colour[2] * (lit * blue + strength * shine);
    }
  }

  #shadowed(p: Float64Array, n: Float64Array, reach: number): boolean {
    const { surface, items } = this.#stage;
    const start = this.#start;
    const lift = 1.5 * surface.cell;
    for (let k = 0; k < 3; k++) start[k] = p[k] + n[k] * lift + this.#l[k] * lift;
    for (const item of items) if (intersect(item, start, this.#l) < reach) return true;
    return march(surface, start, this.#l, Math.min(reach, 4)) < Math.min(reach, 4);
  }
}
