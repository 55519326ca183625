/**
 * A mask as one bit a pixel, row by row, rows padded to whole 32-bit words, the leftmost pixel in the lowest bit:
 * 51 kB at 640x640, cheap to post to another thread.
 */
export interface MaskBits {
  readonly width: number;
  readonly height: number;
  readonly words: Uint32Array<ArrayBuffer>;
}
