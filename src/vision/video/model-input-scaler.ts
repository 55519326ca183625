/**
 * Brings pictures into the form in which a YOLO model takes them: upright, letterboxed, three planes of floats. FFmpeg
 * turns, scales and converts in one filter graph and copies the planes; what is left for JavaScript is the padding.
 */
import { type LedgerEntry, ledger, stage, UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { type Letterbox, letterbox, letterboxGrey } from '../letterbox.ts';
import { cropFilter } from './crop-filter.ts';
import { avImageCopy2, errorText, Frame, pixelFormats } from './ffmpeg.ts';
import { PictureFilter } from './picture-filter.ts';
import { PictureGeometry } from './picture-geometry.ts';
import { rotationFilters } from './rotation.ts';
import type { VideoFrame } from './video-frame.ts';

export interface ModelInputScalerOptions {
  /** Of the model's input, in pixels; of the largest where `place` chooses. */
  readonly width: number;
  readonly height: number;
  /** Where pictures of a size lie in the input, and what of them; by default the whole, letterboxed to the size above. */
  readonly place?: (sourceWidth: number, sourceHeight: number) => Letterbox;
  /** FFmpeg's scaling method, for measurements. */
  readonly scalingFlags?: string;
}

/** FFmpeg's planes of gbrpf32 are green, blue, red; models take red, green, blue: where each goes. */
const planeOrder = [1, 2, 0] as const;
const padding = letterboxGrey / 255;

/**
 * Models are trained on pictures that OpenCV's bilinear shrank, which mixes four pixels and skips the rest. FFmpeg's
 * `fast_bilinear` does just that (0.5 of 255 apart on real footage; `area` 3.0, `bilinear` 3.5), and costs the least.
 */
const likeOpenCv = 'fast_bilinear';

export class ModelInputScaler implements Disposable {
  readonly width: number;
  readonly height: number;
  readonly #flags: string;
  readonly #place: (sourceWidth: number, sourceHeight: number) => Letterbox;
  readonly #scaled = new Frame();
  /** Keeps the scaled planes in one place, so that views of them need not be made anew for each picture. */
  readonly #held = new Frame();
  readonly #geometry = new PictureGeometry();
  readonly #entry: LedgerEntry;
  #filter: PictureFilter | undefined;
  /** Views of the targets where the planes go, for as long as the geometry stays. */
  #places = new WeakMap<Float32Array, Buffer[]>();
  #letterbox: Letterbox | undefined;
  #planes: Buffer[] = [];
  #lineBytes: number[] = [];
  #targetLineBytes: number[] = [];
  #rebuilds = 0;
  #disposed = false;

  /** @throws RangeError for a size that is none. */
  constructor(options: ModelInputScalerOptions) {
    const { width, height } = options;
    if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
      throw new RangeError(`a model's input must have a whole size, not ${width}x${height}`);
    this.width = width;
    this.height = height;
    this.#flags = options.scalingFlags ?? likeOpenCv;
    this.#place = options.place ?? ((across, down) => letterbox(across, down, width, height));
    this.#scaled.alloc();
    this.#held.alloc();
    this.#entry = ledger.track({
      kind: 'ModelInputScaler',
      bytes: options.width * options.height * 12,
      stage: 'capture',
      siteBelow: ModelInputScaler,
    });
  }

  /** How often the filter graph was built: once, and once for each change of the source's geometry. */
  get rebuilds(): number {
    return this.#rebuilds;
  }

  /**
   * @param target Planes of red, green and blue, `3 * height * width` floats in [0, 1], rows from the top. Shared
   *   memory will do. Filled wholly, padding included; an input smaller than the largest fills the front of it.
   * @returns Where the picture lies in the input; the same object until the source changes its geometry.
   * @throws PlateauError ERR_SOURCE_FORMAT for a pixel format that FFmpeg cannot convert; TypeError or RangeError for a
   *   target, or a place in it, that does not fit.
   */
  scaleInto(frame: VideoFrame, target: Float32Array): Letterbox {
    if (this.#disposed) throw new UseAfterDisposeError('a model input scaler');
    if (!(target instanceof Float32Array)) throw new TypeError('the target must be a Float32Array');
    if (target.length !== 3 * this.width * this.height) {
      throw new RangeError(
        `the target must hold ${3 * this.width * this.height} floats, not ${target.length}`,
      );
    }
    const running = stage('scale');
    try {
      const box = this.#prepare(frame);
      this.#filter?.run(frame.native, this.#scaled);
      this.#hold();
      this.#scaled.unref();
      this.#copy(box, target);
      return box;
    } finally {
      running[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#filter?.[Symbol.dispose]();
    this.#scaled.free();
    this.#held.free();
    this.#entry[Symbol.dispose]();
  }

  #prepare(frame: VideoFrame): Letterbox {
    if (!this.#geometry.update(frame) && this.#letterbox !== undefined) return this.#letterbox;
    this.#letterbox = undefined;
    this.#places = new WeakMap();
    const box = this.#place(frame.width, frame.height);
    if (box.inputWidth * box.inputHeight > this.width * this.height) {
      // A target within a larger memory, as a ring's slot is, would be written past its end.
      throw new RangeError(
        `an input of ${box.inputWidth}x${box.inputHeight} does not fit into one of ${this.width}x${this.height}`,
      );
    }
    this.#filter?.[Symbol.dispose]();
    this.#filter = undefined;
    this.#filter = new PictureFilter(frame, this.#filters(frame, box));
    this.#rebuilds += 1;
    this.#prepareHeld(box);
    this.#targetLineBytes = new Array<number>(3).fill(box.inputWidth * 4);
    this.#letterbox = box;
    return box;
  }

  #prepareHeld(box: Letterbox): void {
    const held = this.#held;
    held.unref();
    held.width = box.scaledWidth;
    held.height = box.scaledHeight;
    held.format = pixelFormats.gbrpf32;
    if (held.getBuffer(0) < 0) throw new PlateauError('ERR_INTERNAL', 'there is no memory for a picture');
    this.#planes = held.data ?? [];
    this.#lineBytes = held.linesize;
  }

  #hold(): void {
    const code = this.#held.copy(this.#scaled);
    if (code < 0)
      throw new PlateauError('ERR_INTERNAL', `FFmpeg could not copy a picture: ${errorText(code)}`);
  }

  #filters(frame: VideoFrame, box: Letterbox): string {
    // Two fields of an interlaced picture show two moments: combs, to a model. One of them has lines enough.
    const field = this.#geometry.interlaced ? 'field=type=top,' : '';
    const size = `${box.scaledWidth}:${box.scaledHeight}`;
    const turn = rotationFilters(frame.rotation);
    const crop = cropFilter(box, frame.rotation, this.#geometry.interlaced);
    return `${field}${turn}${crop}scale=${size}:flags=${this.#flags},format=gbrpf32le`;
  }

  #copy(box: Letterbox, target: Float32Array): void {
    const { inputWidth: width, left, top, scaledWidth, scaledHeight } = box;
    const planeLength = width * box.inputHeight;
    const first = top * width;
    // FFmpeg copies the planes: V8 copies into shared memory word by word, at a third of the speed.
    avImageCopy2(
      this.#placesIn(target, box),
      this.#targetLineBytes,
      this.#planes,
      this.#lineBytes,
      pixelFormats.gbrpf32,
      scaledWidth,
      scaledHeight,
    );
    for (let start = 0; start < 3 * planeLength; start += planeLength) {
      target.fill(padding, start, start + first);
      target.fill(padding, start + first + scaledHeight * width, start + planeLength);
      for (let y = 0; y < scaledHeight && scaledWidth < width; y += 1) {
        const row = start + first + y * width;
        target.fill(padding, row, row + left);
        target.fill(padding, row + left + scaledWidth, row + width);
      }
    }
  }

  #placesIn(target: Float32Array, box: Letterbox): Buffer[] {
    let places = this.#places.get(target);
    if (places === undefined) {
      const lineBytes = box.inputWidth * 4;
      const first = target.byteOffset + box.top * lineBytes + box.left * 4;
      const length = (box.scaledHeight - 1) * lineBytes + box.scaledWidth * 4;
      const planeBytes = lineBytes * box.inputHeight;
      places = planeOrder.map((color) => Buffer.from(target.buffer, first + color * planeBytes, length));
      this.#places.set(target, places);
    }
    return places;
  }
}
