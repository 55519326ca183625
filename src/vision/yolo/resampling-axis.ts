/**
 * How bilinear upsampling maps the pixels of one axis onto prototype cells: half-pixel centres, edges repeated
 * (`align_corners=False`). A cell lies between two neighbouring prototype values; all pixels of a cell are
 * weighted means of the same two.
 */
export class ResamplingAxis {
  readonly pixels: number;
  readonly cells: number;
  /** Cell of each pixel. */
  readonly cellOf: Int32Array;
  /** First pixel of each cell, and the number of pixels at the end. */
  readonly start: Int32Array;
  /** Weight of the cell's second value for each pixel, 0..1. */
  readonly weight: Float64Array;

  constructor(pixels: number, cells: number) {
    this.pixels = pixels;
    this.cells = cells;
    this.cellOf = new Int32Array(pixels);
    this.start = new Int32Array(cells + 1).fill(pixels);
    this.weight = new Float64Array(pixels);
    for (let pixel = pixels - 1; pixel >= 0; pixel--) {
      const place = Math.max(0, ((pixel + 0.5) * cells) / pixels - 0.5);
      const cell = Math.min(cells - 1, Math.floor(place));
      this.cellOf[pixel] = cell;
      this.weight[pixel] = place - cell;
      this.start[cell] = pixel;
    }
    // With fewer pixels than cells some cells have none: they begin where the next one does.
    for (let cell = cells - 1; cell >= 0; cell--) {
      if (this.start[cell] === pixels) this.start[cell] = this.start[cell + 1]!;
    }
  }
}
