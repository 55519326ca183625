import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlateauError } from '../errors.ts';
import { whyUnwritable } from '../partial-file.ts';
import type { Letterbox } from '../vision/letterbox.ts';
import type { PictureEncoder } from '../vision/video/picture-encoder.ts';
import type { VideoFrame } from '../vision/video/video-frame.ts';
import type { MaskBits } from '../vision/yolo/mask-bits.ts';
import { maskPolygons } from '../vision/yolo/mask-polygons.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Writes pictures of events with the masks that were found, as YOLO segmentation labels: a plant's own data set begins
 * with what was seen, and is then corrected by hand.
 */
export class LabelExport {
  readonly #folder: string;
  readonly #className: string;
  readonly #prefix: string;

  /**
   * @param folder Gets `images/`, `labels/` and `data.yaml`; made where it is not there.
   * @param prefix Begins the files' names; letters that file systems or URLs dislike are replaced.
   * @throws PlateauError ERR_OUTPUT_UNWRITABLE
   */
  constructor(folder: string, className: string, prefix: string) {
    this.#folder = folder;
    this.#className = className;
    this.#prefix = safe(prefix);
    this.#write(() => {
      for (const part of ['images', 'labels']) makeFolder(join(folder, part));
      writeFileSync(
        join(folder, 'data.yaml'),
        `path: .\ntrain: images\nval: images\nnames:\n  0: ${JSON.stringify(className)}\n`,
      );
    });
  }

  /** Writes one picture and its label. @param box Where the picture lies in the mask. @throws PlateauError ERR_OUTPUT_UNWRITABLE */
  add(frame: VideoFrame, mask: MaskBits, box: Letterbox, event: string, encoder: PictureEncoder): void {
    const name = `${this.#prefix}-${frame.timestampSeconds.toFixed(2)}s-${safe(event)}`;
    const lines = maskPolygons(mask, box).map(
      (outline) =>
        `0 ${outline
          .flat()
          .map((value) => value.toFixed(6))
          .join(' ')}\n`,
    );
    const jpeg = encoder.encodeJpeg(frame);
    this.#write(() => {
      writeFileSync(join(this.#folder, 'images', `${name}.jpg`), jpeg);
      writeFileSync(join(this.#folder, 'labels', `${name}.txt`), lines.join(''));
    });
  }

  #write(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new PlateauError(
        'ERR_OUTPUT_UNWRITABLE',
        `Labels of ${this.#className} cannot be written to ${this.#folder}, since ${whyUnwritable(error)}; choose another --export-labels.`,
        { cause: error },
      );
    }
  }
}

/** Replaces what file systems or URLs dislike. */
const safe = (name: string): string => name.replace(/[^\p{L}\p{N}._-]+/gu, '_');
