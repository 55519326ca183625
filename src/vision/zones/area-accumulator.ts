import type { Point } from './polygon.ts';

/**
 * How much of each pixel lies within a polygon, exactly. Each edge adds the signed area between itself and the right
 * end of its rows; summing a row from left to right gives each pixel's share. Used when a zone is drawn for a new
 * geometry, never per frame. Source of the method: signed-area coverage accumulation, as font rasterisers do it.
 */
export class AreaAccumulator {
  readonly #width: number;
  readonly #height: number;
  /** One column more than the picture: an edge on its right border ends there. */
  readonly #sums: Float64Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#sums = new Float64Array((width + 2) * height);
  }

  /** Adds the closed outline; every point lies within the picture. */
  add(points: readonly Point[]): void {
    for (let index = 0; index < points.length; index++)
      this.#addEdge(points[index]!, points[(index + 1) % points.length]!);
  }

  /** Calls `visit` with each pixel's signed share (-1..1), row by row. */
  forEach(visit: (x: number, y: number, share: number) => void): void {
    for (let y = 0; y < this.#height; y++) {
      let sum = 0;
      for (let x = 0; x < this.#width; x++) {
        sum += this.#sums[y * (this.#width + 2) + x]!;
        visit(x, y, sum);
      }
    }
  }

  #addEdge(from: Point, to: Point): void {
    if (from[1] === to[1]) return;
    const down = from[1] < to[1];
    const [x1, y1] = down ? from : to;
    const [x2, y2] = down ? to : from;
    const sign = down ? -1 : 1;
    const slope = (x2 - x1) / (y2 - y1);
    const lastRow = Math.min(this.#height - 1, Math.ceil(y2) - 1);
    for (let row = Math.floor(y1); row <= lastRow; row++) {
      const top = Math.max(row, y1);
      const bottom = Math.min(row + 1, y2);
      const atTop = x1 + (top - y1) * slope;
      const atBottom = bottom === y2 ? x2 : x1 + (bottom - y1) * slope;
      this.#addWithinRow(row, Math.min(atTop, atBottom), Math.max(atTop, atBottom), sign * (bottom - top));
    }
  }

  /** An edge from `left` to `right` within one row; `height` is its signed height there. */
  #addWithinRow(row: number, left: number, right: number, height: number): void {
    const start = row * (this.#width + 2);
    const first = Math.floor(left);
    if (right <= first + 1) {
      // Within one pixel: what lies right of the edge's middle is inside.
      const inside = height * (1 - ((left + right) / 2 - first));
      this.#sums[start + first]! += inside;
      this.#sums[start + first + 1]! += height - inside;
      return;
    }
    const perPixel = height / (right - left);
    let before = 0;
    for (let x = first; x < right; x++) {
      // Area right of the edge's part left of x + 1: a triangle in the first and last pixel, trapezia between.
      const from = Math.max(left, x);
      const to = Math.min(right, x + 1);
      const risen = (from - left) * perPixel;
      const rise = (to - from) * perPixel;
      const inside = risen + rise * (x + 1 - (from + to) / 2);
      this.#sums[start + x]! += inside - before;
      before = inside;
    }
    this.#sums[start + Math.ceil(right)]! += height - before;
  }
}
