/**
 * Draws over a picture for people: zones, masks, text. Works on the planes of a yuv420p frame in place. Positions are
 * pixels of the source as players show it, whatever size the picture was scaled to.
 */
import { UseAfterDisposeError } from '@plateau/memory';
import type { Letterbox } from '../letterbox.ts';
import { glyphHeight, glyphWidth, hasDot, plainLetters } from './bitmap-font.ts';
import type { Frame } from './ffmpeg.ts';

/** Red, green and blue, 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** A mask over a model's input: a bit a pixel, rows of whole 32-bit words, the leftmost pixel in the lowest bit. */
export interface MaskGrid {
  readonly width: number;
  readonly height: number;
  readonly words: Uint32Array;
}

export interface CanvasGeometry {
  /** Size of the source as players show it: the coordinates of all drawing. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Size of the scaled picture within the frame; the frame may be a pixel wider or higher. */
  readonly width: number;
  readonly height: number;
  /** Samples from 0 to 255 (JPEG) rather than 16 to 235 (video). */
  readonly fullRange: boolean;
}

const tintShare = 0.45;

export class PictureCanvas implements Disposable {
  /** Size of the source as players show it. */
  readonly width: number;
  readonly height: number;
  readonly #geometry: CanvasGeometry;
  readonly #scaleX: number;
  readonly #scaleY: number;
  readonly #luma: Uint8Array;
  readonly #blue: Uint8Array;
  readonly #red: Uint8Array;
  readonly #lumaLine: number;
  readonly #chromaLine: number;
  /** Thickness of lines, in pixels of the scaled picture. */
  readonly #thickness: number;
  #disposed = false;

  /** Hands `draw` a canvas over `frame`, for the time of the call: FFmpeg uses the picture's memory for others afterwards. */
  static paint(frame: Frame, geometry: CanvasGeometry, draw: (canvas: PictureCanvas) => void): void {
    using canvas = new PictureCanvas(frame, geometry);
    draw(canvas);
  }

  /** @param frame A writable yuv420p picture, borrowed: whoever made the canvas disposes of it before the picture goes. */
  constructor(frame: Frame, geometry: CanvasGeometry) {
    const planes = frame.data;
    const lines = frame.linesize;
    if (planes === null || planes.length < 3) throw new TypeError('the frame has no three planes to draw on');
    this.#geometry = geometry;
    this.width = geometry.sourceWidth;
    this.height = geometry.sourceHeight;
    this.#scaleX = geometry.width / geometry.sourceWidth;
    this.#scaleY = geometry.height / geometry.sourceHeight;
    this.#luma = planes[0] as Buffer;
    this.#blue = planes[1] as Buffer;
    this.#red = planes[2] as Buffer;
    this.#lumaLine = lines[0] as number;
    this.#chromaLine = lines[1] as number;
    this.#thickness = 1 + Math.max(1, Math.round(geometry.height / 360));
  }

  /** The outline of a polygon, closed. @param points Pixels of the source. */
  drawPolygon(points: readonly (readonly [number, number])[], color: Color): void {
    this.#checkAlive();
    for (const [index, from] of points.entries()) {
      const to = points[(index + 1) % points.length] as readonly [number, number];
      this.#line(
        from[0] * this.#scaleX,
        from[1] * this.#scaleY,
        to[0] * this.#scaleX,
        to[1] * this.#scaleY,
        color,
      );
    }
  }

  /** A filled rectangle, in pixels of the source. */
  fillRectangle(x: number, y: number, width: number, height: number, color: Color): void {
    this.#checkAlive();
    this.#rectangle(
      x * this.#scaleX,
      y * this.#scaleY,
      width * this.#scaleX,
      height * this.#scaleY,
      color,
      1,
    );
  }

  /** A bar that is filled to `fraction` (0 to 1; `null` leaves it empty), in pixels of the source. */
  coverageBar(
    x: number,
    y: number,
    width: number,
    height: number,
    fraction: number | null,
    color: Color,
  ): void {
    this.#checkAlive();
    this.#rectangle(
      x * this.#scaleX,
      y * this.#scaleY,
      width * this.#scaleX,
      height * this.#scaleY,
      [0, 0, 0],
      0.6,
    );
    const filled = Math.min(1, Math.max(0, fraction || 0)) * width;
    if (filled > 0) this.fillRectangle(x, y, filled, height, color);
    this.drawPolygon(
      [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ],
      color,
    );
  }

  /** Colours what the mask covers. @param box Where the source lies in the model's input that the mask belongs to. */
  tintMask(mask: MaskGrid, box: Letterbox, color: Color): void {
    this.#checkAlive();
    const { width, height } = this.#geometry;
    const columns = new Int32Array(width);
    const { crop } = box;
    // What the model was not shown has no mask.
    const [left, right] = span(crop.left, crop.width, this.#scaleX, width);
    const [top, bottom] = span(crop.top, crop.height, this.#scaleY, height);
    for (let x = left; x < right; x += 1) {
      columns[x] = maskPlace((x + 0.5) / this.#scaleX - crop.left, box.scaleX, box.left, mask.width);
    }
    const rowWords = (mask.width + 31) >> 5;
    const [luma, blue, red] = this.#samples(color);
    for (let y = top; y < bottom; y += 1) {
      const place = maskPlace((y + 0.5) / this.#scaleY - crop.top, box.scaleY, box.top, mask.height);
      const row = place * rowWords;
      for (let x = left; x < right; x += 1) {
        const column = columns[x] as number;
        if ((((mask.words[row + (column >> 5)] as number) >>> (column & 31)) & 1) === 0) continue;
        this.#blend(x, y, luma, blue, red, tintShare);
      }
    }
  }

  /** Writes one line of text on a dark ground; `x`, `y` is its upper left corner in pixels of the source. */
  text(x: number, y: number, text: string, color: Color = [255, 255, 255]): void {
    this.#checkAlive();
    const letters = plainLetters(text);
    const dot = Math.max(1, Math.round(this.#geometry.height / 270));
    const width = letters.length * (glyphWidth + 1) * dot;
    const height = (glyphHeight + 2) * dot;
    // A label whose corner lies near the edge is moved inwards rather than cut.
    const left = Math.max(dot, Math.min(Math.round(x * this.#scaleX), this.#geometry.width - width - dot));
    const top = Math.max(0, Math.min(Math.round(y * this.#scaleY), this.#geometry.height - height));
    this.#rectangle(left - dot, top, width + dot, height, [0, 0, 0], 0.6);
    for (const [index, letter] of [...letters].entries()) {
      this.#letter(letter, left + index * (glyphWidth + 1) * dot, top + dot, dot, color);
    }
  }

  /** From here on it draws no more: its memory is the picture's. */
  [Symbol.dispose](): void {
    this.#disposed = true;
  }

  /** What is written to a picture that is gone lands in foreign memory, and ends the process sooner or later. */
  #checkAlive(): void {
    if (this.#disposed) throw new UseAfterDisposeError('a picture canvas');
  }

  #letter(letter: string, left: number, top: number, dot: number, color: Color): void {
    for (let y = 0; y < glyphHeight; y += 1) {
      for (let x = 0; x < glyphWidth; x += 1) {
        if (hasDot(letter, x, y)) this.#rectangle(left + x * dot, top + y * dot, dot, dot, color, 1);
      }
    }
  }

  #line(x1: number, y1: number, x2: number, y2: number, color: Color): void {
    // Zones may reach far beyond the picture: a line is walked only as far as it can be seen.
    const seen = clipLine(x1, y1, x2, y2, this.#geometry.width, this.#geometry.height, this.#thickness);
    if (seen === undefined) return;
    const [from, to] = seen;
    const length = Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1));
    const first = Math.floor(from * length);
    const last = Math.ceil(to * length);
    const half = this.#thickness / 2;
    for (let step = first; step <= last; step += 1) {
      const share = length === 0 ? 0 : step / length;
      const x = Math.round(x1 + (x2 - x1) * share - half);
      const y = Math.round(y1 + (y2 - y1) * share - half);
      this.#rectangle(x, y, this.#thickness, this.#thickness, color, 1);
    }
  }

  #rectangle(x: number, y: number, width: number, height: number, color: Color, share: number): void {
    const left = Math.max(0, Math.round(x));
    const top = Math.max(0, Math.round(y));
    const right = Math.min(this.#geometry.width, Math.round(x + width));
    const bottom = Math.min(this.#geometry.height, Math.round(y + height));
    const [luma, blue, red] = this.#samples(color);
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) this.#blend(column, row, luma, blue, red, share);
    }
  }

  /** Mixes one pixel; colour is shared by four, so it is mixed once for each block of two by two. */
  #blend(x: number, y: number, luma: number, blue: number, red: number, share: number): void {
    const place = y * this.#lumaLine + x;
    const old = this.#luma[place] as number;
    this.#luma[place] = old + (luma - old) * share;
    if (((x | y) & 1) === 1) return;
    const half = (y >> 1) * this.#chromaLine + (x >> 1);
    const oldBlue = this.#blue[half] as number;
    const oldRed = this.#red[half] as number;
    this.#blue[half] = oldBlue + (blue - oldBlue) * share;
    this.#red[half] = oldRed + (red - oldRed) * share;
  }

  /** Luma and both colour differences by BT.601, as JPEG has them. */
  #samples([red, green, blue]: Color): [number, number, number] {
    const y = 0.299 * red + 0.587 * green + 0.114 * blue;
    const b = 0.564 * (blue - y);
    const r = 0.713 * (red - y);
    if (this.#geometry.fullRange) return [y, 128 + b, 128 + r];
    return [16 + (y * 219) / 255, 128 + (b * 224) / 255, 128 + (r * 224) / 255];
  }
}

/** The part of a line, as shares of its length, that lies in the picture and `margin` around; Liang and Barsky's way. */
function clipLine(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  width: number,
  height: number,
  margin: number,
): readonly [from: number, to: number] | undefined {
  let from = 0;
  let to = 1;
  const sides = [
    [x1 - x2, x1 + margin],
    [x2 - x1, width + margin - x1],
    [y1 - y2, y1 + margin],
    [y2 - y1, height + margin - y1],
  ] as const;
  for (const [slope, room] of sides) {
    if (slope === 0 && room < 0) return undefined;
    if (slope < 0) from = Math.max(from, room / slope);
    if (slope > 0) to = Math.min(to, room / slope);
  }
  // Written this way round, a point that is no number draws nothing.
  return from <= to ? [from, to] : undefined;
}

function maskPlace(source: number, scale: number, padding: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.floor(source * scale + padding)));
}

/** First and last pixel (excluded) of the canvas that show a stretch of the source. */
function span(start: number, length: number, scale: number, size: number): [from: number, to: number] {
  return [Math.max(0, Math.round(start * scale)), Math.min(size, Math.round((start + length) * scale))];
}
