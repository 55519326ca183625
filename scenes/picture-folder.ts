import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from './png.ts';

export interface RenderedPicture {
  readonly rgb: Uint8Array;
  /** 1 is load. */
  readonly mask: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Numbered pictures with their masks: `000000.png`, `000000.mask.png` (255 is load) and, where asked, `000000.json`. */
export class PictureFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  has(number: number): boolean {
    return existsSync(this.#fileOf(number, 'mask.png'));
  }

  /** @param about What is in it, for people; training leaves pictures of some materials out by it. */
  write(number: number, { rgb, mask, width, height }: RenderedPicture, about?: object): void {
    writeFileSync(this.#fileOf(number, 'png'), encodePng(rgb, width, height, 3));
    if (about !== undefined) writeFileSync(this.#fileOf(number, 'json'), `${JSON.stringify(about)}\n`);
    const white = mask.map((m) => m * 255);
    // The mask comes last and whole: a reader that finds it may read all of them.
    writeFileSync(this.#fileOf(number, 'mask.tmp'), encodePng(white, width, height, 1));
    renameSync(this.#fileOf(number, 'mask.tmp'), this.#fileOf(number, 'mask.png'));
  }

  #fileOf(number: number, kind: string): string {
    return join(this.#folder, `${String(number).padStart(6, '0')}.${kind}`);
  }
}
