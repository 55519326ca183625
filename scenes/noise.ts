import { Random } from './random.ts';

const SIZE = 256;
const WRAP = SIZE - 1;

/** A periodic field of 256 x 256 values around 0 (deviation about 0.25), read by coordinates in cells. */
export class NoiseTile {
  readonly #values: Float32Array;

  private constructor(values: Float32Array) {
    this.#values = values;
  }

  /** Sums octaves of value noise; `persistence` near 1 is grainy, near 0.4 cloudy. */
  static fractal(seed: number, persistence: number, firstOctave = 1): NoiseTile {
    const random = new Random(seed);
    const values = new Float32Array(SIZE * SIZE);
    let weight = 1;
    for (let octave = firstOctave; octave <= 8; octave++) {
      const count = 1 << octave;
      const lattice = Float32Array.from({ length: count * count }, () => random.next() - 0.5);
      const step = count / SIZE;
      for (let y = 0; y < SIZE; y++) {
        const fy = y * step;
        const y0 = Math.floor(fy);
        const ty = smooth(fy - y0);
        const row0 = (y0 % count) * count;
        const row1 = ((y0 + 1) % count) * count;
        for (let x = 0; x < SIZE; x++) {
          const fx = x * step;
          const x0 = Math.floor(fx);
          const tx = smooth(fx - x0);
          const x1 = (x0 + 1) % count;
          const low = lattice[row0 + x0] * (1 - tx) + lattice[row0 + x1] * tx;
          const high = lattice[row1 + x0] * (1 - tx) + lattice[row1 + x1] * tx;
          values[y * SIZE + x] += weight * (low * (1 - ty) + high * ty);
        }
      }
      weight *= persistence;
    }
    return new NoiseTile(normalise(values));
  }

  /** Nearest value; coordinates in cells, any sign. */
  at(x: number, y: number): number {
    return this.#values[(Math.floor(y) & WRAP) * SIZE + (Math.floor(x) & WRAP)];
  }

  /** Bilinear value; coordinates in cells, any sign. */
  smoothAt(x: number, y: number): number {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const tx = x - x0;
    const ty = y - y0;
    const row0 = (y0 & WRAP) * SIZE;
    const row1 = ((y0 + 1) & WRAP) * SIZE;
    const left = x0 & WRAP;
    const right = (x0 + 1) & WRAP;
    const values = this.#values;
    const low = values[row0 + left] * (1 - tx) + values[row0 + right] * tx;
    const high = values[row1 + left] * (1 - tx) + values[row1 + right] * tx;
    return low * (1 - ty) + high * ty;
  }
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function normalise(values: Float32Array): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const gain = 0.25 / Math.sqrt(squares / values.length - mean * mean);
  return values.map((value) => (value - mean) * gain);
}

/** Made once per process; scenes differ by offset, scale and stretch. */
export const clouds = NoiseTile.fractal(11, 0.5);
export const grain = NoiseTile.fractal(12, 0.85, 3);
export const speckle = NoiseTile.fractal(13, 1.3, 5);
export const patches = NoiseTile.fractal(14, 0.6, 2);
