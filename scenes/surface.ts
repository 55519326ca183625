import type { Bed, BedSample } from './bed.ts';
import { bedHeight, sampleBed } from './bed.ts';
import type { Load } from './load.ts';
import { loadHeight, strewnDensity } from './load.ts';
import type { LumpTile } from './lumps.ts';
import type { LoadMaterial } from './materials.ts';
import { clouds, grain, speckle } from './noise.ts';
import { hash } from './random.ts';

/** Coarse cells of the height's upper bound: rays cross empty air in steps of this many cells. */
export const BLOCK = 8;

/** Bed and load as one relief over [-halfWidth, halfWidth] x [0, length], ready to be traced. */
export class Surface {
  readonly columns: number;
  readonly rows: number;
  readonly cell: number;
  readonly left: number;
  readonly height: Float32Array;
  /** 1 where load lies: the exact mask, before any lens. */
  readonly loaded: Uint8Array;
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
  readonly gloss: Float32Array;
  readonly open: Float32Array;
  readonly blocks: Float32Array;
  readonly blockColumns: number;
  readonly blockRows: number;
  lowest = 0;
  highest = 0;

  constructor(halfWidth: number, length: number, cells: number) {
    this.cell = Math.sqrt((2 * halfWidth * length) / cells);
    this.columns = Math.ceil((2 * halfWidth) / this.cell / BLOCK) * BLOCK;
    this.rows = Math.ceil(length / this.cell / BLOCK) * BLOCK;
    this.left = -(this.columns * this.cell) / 2;
    const count = this.columns * this.rows;
    this.height = new Float32Array(count);
    this.loaded = new Uint8Array(count);
    this.red = new Float32Array(count);
    this.green = new Float32Array(count);
    this.blue = new Float32Array(count);
    this.gloss = new Float32Array(count);
    this.open = new Float32Array(count);
    this.blockColumns = this.columns / BLOCK;
    this.blockRows = this.rows / BLOCK;
    this.blocks = new Float32Array(this.blockColumns * this.blockRows);
  }

  /**
   * Lays the load on the bed. `shift` is how far the belt has run (m); `tileCell` is the size of one tile cell (m).
   */
  lay(bed: Bed, load: Load, material: LoadMaterial, tile: LumpTile, shift: number, tileCell: number): void {
    const sample: BedSample = { red: 0, green: 0, blue: 0, gloss: 0, bump: 0 };
    const flow = shift;
    const body = this.#layBody(bed, load, flow);
    const scale = this.cell / tileCell;
    const inverse = 1 / scale;
    const tileMask = tile.size - 1;
    const wrap = Math.log2(tile.size);
    const { columns, rows } = this;
    const relief = tileCell;
    const bedTop = Float32Array.from({ length: columns }, (_, c) =>
      bedHeight(bed, this.left + (c + 0.5) * this.cell),
    );
    for (let r = 0; r < rows; r++) {
      const y = (r + 0.5) * this.cell;
      const tileRow = Math.floor((y - flow) / tileCell);
      for (let c = 0; c < columns; c++) {
        const i = r * columns + c;
        const x = this.left + (c + 0.5) * this.cell;
        const tileColumn = Math.floor(x / tileCell) + 32768;
        const t = (tileRow & tileMask) * tile.size + (tileColumn & tileMask);
        const id = tile.id[t];
        let here = body[i] > bedTop[c];
        let top = here ? body[i] : bedTop[c];
        let lump = 0;
        if (id > 0) {
          // The lump's own centre decides, so that no lump is cut in two.
          const dx = centred(tile.centreX[id] - (tileColumn & tileMask), tile.size);
          const dy = centred(tile.centreY[id] - (tileRow & tileMask), tile.size);
          const cc = clamp(Math.round(c + dx * inverse), columns);
          const cr = clamp(Math.round(r + dy * inverse), rows);
          const key =
            id +
            7919 * ((tileColumn - 0 + Math.round(dx)) >> wrap) +
            104729 * ((tileRow + Math.round(dy)) >> wrap);
          const centre = cr * columns + cc;
          const inBody = body[centre] > bedTop[cc];
          if (
            inBody ||
            hash(key) < strewnDensity(load, bed, this.left + cc * this.cell, cr * this.cell, flow)
          ) {
            lump = key;
            top += tile.height[t] * relief * (inBody ? 1 : 0.8);
            here = true;
          }
        }
        if (here) {
          this.#paintLoad(i, x, y - flow, lump, material);
          const ripple = lump === 0 ? 0.004 : 0.0015;
          top += ripple * material.roughness * (grain.at(x * 300, (y - flow) * 300) + 0.25);
          this.loaded[i] = 1;
        } else {
          sampleBed(bed, x, bed.kind === 'belt' ? y - flow : y, sample);
          this.red[i] = sample.red;
          this.green[i] = sample.green;
          this.blue[i] = sample.blue;
          this.gloss[i] = sample.gloss;
          this.loaded[i] = 0;
          top += sample.bump;
        }
        this.height[i] = top;
      }
    }
    this.#boundBlocks();
    this.#findOpenness();
  }

  #layBody(bed: Bed, load: Load, flow: number): Float32Array {
    const body = new Float32Array(this.columns * this.rows);
    for (let r = 0; r < this.rows; r++) {
      for (let c = 0; c < this.columns; c++) {
        body[r * this.columns + c] = loadHeight(
          load,
          bed,
          this.left + (c + 0.5) * this.cell,
          (r + 0.5) * this.cell,
          flow,
        );
      }
    }
    return body;
  }

  #paintLoad(i: number, x: number, y: number, lump: number, material: LoadMaterial): void {
    const own = lump === 0 ? 0.35 : hash(lump + 17);
    const texture =
      1 + material.roughness * (0.9 * grain.at(x * 230, y * 230) + 0.6 * speckle.at(x * 170, y * 170));
    const mix = own * own;
    const dust = material.dusty * (0.5 + 1.4 * clouds.smoothAt(x * 40, y * 40));
    for (let channel = 0; channel < 3; channel++) {
      const tone = material.dark[channel] + (material.light[channel] - material.dark[channel]) * mix;
      const value = tone * Math.max(texture, 0.15);
      const dusted = value + Math.max(dust, 0) * (material.light[channel] - value);
      if (channel === 0) this.red[i] = dusted;
      else if (channel === 1) this.green[i] = dusted;
      else this.blue[i] = dusted;
    }
    this.gloss[i] = material.gloss * (lump === 0 ? 0.25 : 0.3 + hash(lump + 31));
  }

  #boundBlocks(): void {
    this.blocks.fill(-10);
    this.lowest = 10;
    this.highest = -10;
    for (let r = 0; r < this.rows; r++) {
      for (let c = 0; c < this.columns; c++) {
        const z = this.height[r * this.columns + c];
        const b = Math.floor(r / BLOCK) * this.blockColumns + Math.floor(c / BLOCK);
        if (z > this.blocks[b]) this.blocks[b] = z;
        if (z < this.lowest) this.lowest = z;
        if (z > this.highest) this.highest = z;
      }
    }
  }

  /** Ambient light that reaches a cell: low where the surroundings, at two ranges, stand higher. */
  #findOpenness(): void {
    const near = boxBlur(this.height, this.columns, this.rows, 3);
    const far = boxBlur(near, this.columns, this.rows, 11);
    const gainNear = 0.35 / (2.5 * this.cell);
    const gainFar = 0.25 / (7 * this.cell);
    for (let i = 0; i < this.open.length; i++) {
      const z = this.height[i];
      const open = 0.85 + gainNear * (z - near[i]) + gainFar * (z - far[i]);
      this.open[i] = open < 0.12 ? 0.12 : Math.min(open, 1.15);
    }
  }
}

function clamp(value: number, count: number): number {
  return value < 0 ? 0 : value >= count ? count - 1 : value;
}

function centred(offset: number, size: number): number {
  if (offset > size / 2) return offset - size;
  return offset < -size / 2 ? offset + size : offset;
}

function boxBlur(source: Float32Array, columns: number, rows: number, reach: number): Float32Array {
  const between = new Float32Array(source.length);
  const target = new Float32Array(source.length);
  blurLines(source, between, rows, columns, columns, 1, reach);
  blurLines(between, target, columns, rows, 1, columns, reach);
  return target;
}

function blurLines(
  source: Float32Array,
  target: Float32Array,
  lines: number,
  count: number,
  lineStep: number,
  step: number,
  reach: number,
): void {
  const share = 1 / (2 * reach + 1);
  for (let line = 0; line < lines; line++) {
    const base = line * lineStep;
    let sum = 0;
    for (let k = -reach; k <= reach; k++) sum += source[base + clamp(k, count) * step];
    for (let k = 0; k < count; k++) {
      target[base + k * step] = sum * share;
      sum +=
        source[base + clamp(k + reach + 1, count) * step] - source[base + clamp(k - reach, count) * step];
    }
  }
}
