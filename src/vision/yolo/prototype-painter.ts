import type { MaskBits } from './mask-bits.ts';
import { ResamplingAxis } from './resampling-axis.ts';
import { weighPrototypes } from './weigh-prototypes.ts';

/** What is painted on: bits, and whole rectangles of them at once. */
export interface PaintedMask extends MaskBits {
  readonly wordsPerRow: number;
  /** Sets the pixels x1..x2, y1..y2 (ends excluded, within the mask) and answers how many there are. */
  fill(x1: number, y1: number, x2: number, y2: number): number;
}

/**
 * Paints one detection's mask: the weighted sum of the prototypes, upsampled to the input's grid and cut at 0.
 * Upsampling is a weighted mean of four neighbours, so where all four have one sign the whole cell has it, and only
 * cells on the mask's outline are computed pixel by pixel. Made once for each pair of grids.
 */
export class PrototypePainter {
  readonly #columns: ResamplingAxis;
  readonly #rows: ResamplingAxis;
  #above: Float64Array;
  #below: Float64Array;

  constructor(width: number, height: number, prototypeWidth: number, prototypeHeight: number) {
    this.#columns = new ResamplingAxis(width, prototypeWidth);
    this.#rows = new ResamplingAxis(height, prototypeHeight);
    this.#above = new Float64Array(prototypeWidth + 1);
    this.#below = new Float64Array(prototypeWidth + 1);
  }

  get prototypeWidth(): number {
    return this.#columns.cells;
  }

  get prototypeHeight(): number {
    return this.#rows.cells;
  }

  /**
   * Paints into `mask` within x1..x2, y1..y2 (whole pixels, ends excluded); answers how many pixels the mask has there.
   * `prototypes` is [channels, rows, columns]; the detection's coefficients begin at `offset`.
   */
  paint(
    mask: PaintedMask,
    prototypes: Float32Array,
    coefficients: Float32Array,
    offset: number,
    channels: number,
    x1: number,
    y1: number,
    x2: number,
    y2: number,
  ): number {
    const firstColumn = this.#columns.cellOf[x1]!;
    const lastColumn = this.#columns.cellOf[x2 - 1]!;
    const firstRow = this.#rows.cellOf[y1]!;
    const lastRow = this.#rows.cellOf[y2 - 1]!;
    this.#evaluate(
      this.#below,
      prototypes,
      coefficients,
      offset,
      channels,
      firstRow,
      firstColumn,
      lastColumn,
    );
    let painted = 0;
    for (let row = firstRow; row <= lastRow; row++) {
      const above = this.#below;
      this.#below = this.#above;
      this.#above = above;
      const next = Math.min(row + 1, this.#rows.cells - 1);
      this.#evaluate(this.#below, prototypes, coefficients, offset, channels, next, firstColumn, lastColumn);
      const top = Math.max(y1, this.#rows.start[row]!);
      const bottom = Math.min(y2, this.#rows.start[row + 1]!);
      painted += this.#paintCells(mask, firstColumn, lastColumn, x1, x2, top, bottom);
    }
    return painted;
  }

  /** The logits of one prototype row, for the columns first..last and the one after. */
  #evaluate(
    target: Float64Array,
    prototypes: Float32Array,
    coefficients: Float32Array,
    offset: number,
    channels: number,
    row: number,
    first: number,
    last: number,
  ): void {
    const columns = this.#columns.cells;
    const plane = columns * this.#rows.cells;
    const end = Math.min(last + 1, columns - 1);
    weighPrototypes(target, prototypes, coefficients, offset, channels, row * columns, plane, first, end);
    // Beyond the last prototype the edge repeats.
    if (end === last) target[last + 1] = target[last]!;
  }

  /** Paints the pixels of one row of cells: runs of cells inside the mask at once, cells on its outline one by one. */
  #paintCells(
    mask: PaintedMask,
    first: number,
    last: number,
    x1: number,
    x2: number,
    top: number,
    bottom: number,
  ): number {
    const above = this.#above;
    const below = this.#below;
    const start = this.#columns.start;
    let painted = 0;
    let runStart = -1;
    let left = (above[first]! > 0 ? 1 : 0) + (below[first]! > 0 ? 1 : 0);
    for (let column = first; column <= last; column++) {
      const right = (above[column + 1]! > 0 ? 1 : 0) + (below[column + 1]! > 0 ? 1 : 0);
      const positive = left + right;
      left = right;
      if (positive === 4) {
        if (runStart < 0) runStart = Math.max(x1, start[column]!);
        continue;
      }
      if (runStart >= 0) {
        painted += mask.fill(runStart, top, Math.min(x2, start[column]!), bottom);
        runStart = -1;
      }
      if (positive > 0) {
        const from = Math.max(x1, start[column]!);
        painted += this.#paintOutline(mask, column, from, Math.min(x2, start[column + 1]!), top, bottom);
      }
    }
    if (runStart >= 0) painted += mask.fill(runStart, top, x2, bottom);
    return painted;
  }

  #paintOutline(
    mask: PaintedMask,
    column: number,
    from: number,
    to: number,
    top: number,
    bottom: number,
  ): number {
    const a = this.#above[column]!;
    const b = this.#above[column + 1]!;
    const c = this.#below[column]!;
    const d = this.#below[column + 1]!;
    const { words, wordsPerRow } = mask;
    const weightX = this.#columns.weight;
    const weightY = this.#rows.weight;
    let painted = 0;
    for (let y = top; y < bottom; y++) {
      const down = weightY[y]!;
      const left = a + (c - a) * down;
      const right = b + (d - b) * down;
      // What holds for a cell holds for its rows: one sign at both ends, one sign between.
      if (!(left > 0 || right > 0)) continue;
      if (left > 0 && right > 0) {
        painted += mask.fill(from, y, to, y + 1);
        continue;
      }
      const row = y * wordsPerRow;
      for (let x = from; x < to; x++) {
        if (left + (right - left) * weightX[x]! > 0) {
          words[row + (x >> 5)]! |= 1 << (x & 31);
          painted += 1;
        }
      }
    }
    return painted;
  }
}
