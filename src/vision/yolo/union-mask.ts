import type { Detections } from './detections.ts';
import type { MaskBits } from './mask-bits.ts';
import type { PixelRegion } from './pixel-region.ts';
import { PrototypePainter } from './prototype-painter.ts';
import type { YoloOutput } from './yolo-output.ts';

/**
 * What the masks of one picture cover together, a bit a pixel at the model's input: a pixel under two masks counts
 * once. Made once and used again for each picture. Owner: the caller. Detections without masks cover their box.
 */
export class UnionMask implements MaskBits {
  readonly width: number;
  readonly height: number;
  readonly wordsPerRow: number;
  readonly words: Uint32Array<ArrayBuffer>;
  #painter: PrototypePainter | undefined;

  /** @throws RangeError for a size that is none */
  constructor(width: number, height: number) {
    if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
      throw new RangeError(`a mask must have a whole size, not ${width}x${height}`);
    this.width = width;
    this.height = height;
    this.wordsPerRow = (width + 31) >> 5;
    this.words = new Uint32Array(this.wordsPerRow * height);
  }

  clear(): void {
    this.words.fill(0);
  }

  /**
   * Adds detection `index` where its box meets `region` (default: everywhere) and answers how many pixels its mask has
   * there; 0 means an empty mask. `output` must be the run that the detection came from, not yet disposed of.
   * @throws RangeError for a run of another size, or a detection that is none
   */
  add(detections: Detections, index: number, output: YoloOutput, region?: PixelRegion): number {
    if (output.inputWidth !== this.width || output.inputHeight !== this.height) {
      throw new RangeError(
        `a mask of ${this.width}x${this.height} cannot take a run at ${output.inputWidth}x${output.inputHeight}`,
      );
    }
    if (!(index >= 0 && index < detections.count))
      throw new RangeError(`there is no detection ${index}, only ${detections.count}`);
    const place = 4 * index;
    const { xyxy } = detections;
    // A pixel belongs to a box when its whole-number place does: x1 <= x < x2.
    const x1 = Math.max(region?.left ?? 0, 0, Math.ceil(xyxy[place]!));
    const y1 = Math.max(region?.top ?? 0, 0, Math.ceil(xyxy[place + 1]!));
    const x2 = Math.min(region?.right ?? this.width, this.width, Math.ceil(xyxy[place + 2]!));
    const y2 = Math.min(region?.bottom ?? this.height, this.height, Math.ceil(xyxy[place + 3]!));
    // Written this way round, a box with NaN in it covers nothing.
    if (!(x1 < x2 && y1 < y2)) return 0;
    const { prototypes } = output;
    if (prototypes === undefined) return this.fill(x1, y1, x2, y2);
    const painter = this.#painterFor(output);
    const channels = detections.maskChannels;
    return painter.paint(
      this,
      prototypes,
      detections.coefficients,
      index * channels,
      channels,
      x1,
      y1,
      x2,
      y2,
    );
  }

  /** Sets the pixels x1..x2, y1..y2 (ends excluded, within the mask) and answers how many there are. */
  fill(x1: number, y1: number, x2: number, y2: number): number {
    if (x1 >= x2 || y1 >= y2) return 0;
    const words = this.words;
    const firstWord = x1 >> 5;
    const lastWord = (x2 - 1) >> 5;
    const firstBits = -1 << (x1 & 31);
    const lastBits = -1 >>> (31 - ((x2 - 1) & 31));
    for (let y = y1; y < y2; y++) {
      const row = y * this.wordsPerRow;
      if (firstWord === lastWord) {
        words[row + firstWord]! |= firstBits & lastBits;
        continue;
      }
      words[row + firstWord]! |= firstBits;
      for (let word = firstWord + 1; word < lastWord; word++) words[row + word] = 0xffff_ffff;
      words[row + lastWord]! |= lastBits;
    }
    return (x2 - x1) * (y2 - y1);
  }

  has(x: number, y: number): boolean {
    return ((this.words[y * this.wordsPerRow + (x >> 5)]! >>> (x & 31)) & 1) === 1;
  }

  /** A copy of the bits that may be posted to another thread and transferred there. */
  copy(): MaskBits {
    return { width: this.width, height: this.height, words: this.words.slice() };
  }

  #painterFor(output: YoloOutput): PrototypePainter {
    const painter = this.#painter;
    if (
      painter !== undefined &&
      painter.prototypeWidth === output.prototypeWidth &&
      painter.prototypeHeight === output.prototypeHeight
    ) {
      return painter;
    }
    this.#painter = new PrototypePainter(
      this.width,
      this.height,
      output.prototypeWidth,
      output.prototypeHeight,
    );
    return this.#painter;
  }
}
