import type { Random } from './random.ts';

export type Vector = readonly [number, number, number];

export interface Lens {
  readonly name: string;
  /** Field of view across the diagonal, in radians. */
  readonly fieldOfView: number;
  /** 0 draws straight lines straight, 1 is an equidistant fisheye. */
  readonly fisheye: number;
}

/** A camera somewhere; pixels are of the picture, y downwards. */
export class Camera {
  readonly position: Vector;
  readonly #right: Vector;
  readonly #down: Vector;
  readonly #forward: Vector;
  readonly #lens: Lens;
  readonly #angles = new Float32Array(513);

  constructor(position: Vector, target: Vector, roll: number, lens: Lens) {
    this.position = position;
    const forward = normalise(subtract(target, position));
    const upright: Vector = Math.abs(forward[2]) > 0.98 ? [0, 1, 0] : [0, 0, 1];
    const right = normalise(cross(forward, upright));
    const down = cross(forward, right);
    const c = Math.cos(roll);
    const s = Math.sin(roll);
    this.#forward = forward;
    this.#right = [0, 1, 2].map((k) => right[k] * c + down[k] * s) as unknown as Vector;
    this.#down = [0, 1, 2].map((k) => down[k] * c - right[k] * s) as unknown as Vector;
    this.#lens = lens;
    // Radius in the picture as a function of the angle is the lens; rays need its inverse.
    let theta = 0;
    for (let i = 0; i <= 512; i++) {
      while (this.#radius(theta) < (i / 512) * 1.05 && theta < 1.55) theta += 0.0005;
      this.#angles[i] = theta;
    }
  }

  /** Distance from the picture's centre, in half diagonals, of a ray at this angle to the axis. */
  #radius(theta: number): number {
    const half = this.#lens.fieldOfView / 2;
    const straight = Math.tan(theta) / Math.tan(Math.min(half, 1.3));
    return (1 - this.#lens.fisheye) * straight + this.#lens.fisheye * (theta / half);
  }

  /** Writes the unit direction seen by a pixel's centre into `out`. */
  ray(x: number, y: number, width: number, height: number, out: Float64Array): void {
    const half = Math.hypot(width, height) / 2;
    const u = (x + 0.5 - width / 2) / half;
    const v = (y + 0.5 - height / 2) / half;
    const radius = Math.sqrt(u * u + v * v);
    const at = Math.min(511.99, (radius / 1.05) * 512);
    const low = Math.floor(at);
    const theta = this.#angles[low] + (this.#angles[low + 1] - this.#angles[low]) * (at - low);
    const sine = radius > 1e-9 ? Math.sin(theta) / radius : 0;
    const cosine = Math.cos(theta);
    for (let k = 0; k < 3; k++) {
      out[k] = this.#forward[k] * cosine + (this.#right[k] * u + this.#down[k] * v) * sine;
    }
  }

  /** Pixel and distance of a point, or undefined behind the camera. */
  project(
    point: Vector,
    width: number,
    height: number,
  ): { x: number; y: number; distance: number; scale: number } | undefined {
    const to = subtract(point, this.position);
    const distance = Math.hypot(...to);
    const ahead = dot(to, this.#forward);
    if (ahead < 0.05 * distance) return undefined;
    const theta = Math.acos(Math.min(1, ahead / distance));
    const half = Math.hypot(width, height) / 2;
    const across = dot(to, this.#right);
    const below = dot(to, this.#down);
    const side = Math.hypot(across, below);
    const radius = this.#radius(theta) * half;
    const k = side > 1e-9 ? radius / side : 0;
    return {
      x: width / 2 + across * k,
      y: height / 2 + below * k,
      distance,
      scale: half / (this.#lens.fieldOfView / 2) / distance,
    };
  }
}

export function drawLens(random: Random, split: 'train' | 'held-out'): Lens {
  if (split === 'held-out') {
    return random.chance(0.5)
      ? { name: 'tele 22 degrees', fieldOfView: (22 * Math.PI) / 180, fisheye: 0 }
      : { name: 'fisheye 150 degrees', fieldOfView: (150 * Math.PI) / 180, fisheye: 1 };
  }
  const degrees = random.range(38, 115);
  const fisheye = degrees > 60 && random.chance(0.5) ? random.range(0.1, 0.8) : 0;
  return { name: `${Math.round(degrees)} degrees`, fieldOfView: (degrees * Math.PI) / 180, fisheye };
}

export function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function normalise(a: Vector): Vector {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
}
