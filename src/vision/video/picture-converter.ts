/** Turns pictures upright and brings them to a size in yuv420p, for encoders. Owns the picture that it hands out. */
import { UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { Frame } from './ffmpeg.ts';
import { PictureFilter } from './picture-filter.ts';
import { PictureGeometry } from './picture-geometry.ts';
import { rotationFilters } from './rotation.ts';
import type { VideoFrame } from './video-frame.ts';

export interface PictureForm {
  /** Size of the picture, and of the frame around it, which may be larger to the right and below. */
  readonly width: number;
  readonly height: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  /** Samples from 0 to 255 (JPEG) rather than 16 to 235 (video). */
  readonly fullRange: boolean;
}

export class PictureConverter implements Disposable {
  readonly #converted = new Frame();
  readonly #geometry = new PictureGeometry();
  #filter: PictureFilter | undefined;
  #form: PictureForm | undefined;
  #disposed = false;

  constructor() {
    this.#converted.alloc();
  }

  /** @returns A picture of this converter's own that may be drawn on, valid until the next call. */
  convert(frame: VideoFrame, form: PictureForm): Frame {
    if (this.#disposed) throw new UseAfterDisposeError('a picture converter');
    if (this.#geometry.update(frame) || !sameForm(form, this.#form) || this.#filter === undefined) {
      this.#filter?.[Symbol.dispose]();
      this.#filter = undefined;
      this.#filter = new PictureFilter(frame, filtersOf(frame, form));
      this.#form = form;
    }
    this.#filter.run(frame.native, this.#converted);
    // Where nothing had to be changed the pixels are still the decoder's own, which others refer to.
    if (this.#converted.makeWritable() < 0) {
      throw new PlateauError('ERR_INTERNAL', 'there is no memory for a picture');
    }
    return this.#converted;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#filter?.[Symbol.dispose]();
    this.#converted.free();
  }
}

function sameForm(a: PictureForm, b: PictureForm | undefined): boolean {
  return (
    a.width === b?.width &&
    a.height === b.height &&
    a.frameWidth === b.frameWidth &&
    a.frameHeight === b.frameHeight &&
    a.fullRange === b.fullRange
  );
}

function filtersOf(frame: VideoFrame, form: PictureForm): string {
  const format = form.fullRange ? 'yuvj420p' : 'yuv420p';
  const range = form.fullRange ? 'pc' : 'tv';
  const scale = `scale=${form.width}:${form.height}:flags=bicubic:out_range=${range},format=${format}`;
  const padded = form.frameWidth !== form.width || form.frameHeight !== form.height;
  const pad = padded ? `,pad=${form.frameWidth}:${form.frameHeight}:0:0` : '';
  return `${rotationFilters(frame.rotation)}${scale}${pad}`;
}
