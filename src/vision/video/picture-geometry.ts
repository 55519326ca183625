/** What pictures must have in common to go through one filter. Compared number by number: it is done for each picture. */
import type { VideoFrame } from './video-frame.ts';

export class PictureGeometry {
  #width = 0;
  #height = 0;
  #format = -1;
  #colorRange = -1;
  #colorSpace = -1;
  #degrees = 0;
  #mirrored = false;
  #interlaced = false;

  /**
   * Some pictures of this geometry are interlaced. Once true it stays so until the size changes: in some streams every
   * other picture is, and a filter for each would be built anew all the time.
   */
  get interlaced(): boolean {
    return this.#interlaced;
  }

  /** Takes over the geometry of `frame`. @returns whether it differs from the last one's. */
  update(frame: VideoFrame): boolean {
    const { width, height, format, colorRange, colorSpace } = frame.native;
    const { degrees, mirrored } = frame.rotation;
    const sameSize = width === this.#width && height === this.#height;
    const interlaced = frame.interlaced || (sameSize && this.#interlaced);
    const same =
      sameSize &&
      format === this.#format &&
      colorRange === this.#colorRange &&
      colorSpace === this.#colorSpace &&
      degrees === this.#degrees &&
      mirrored === this.#mirrored &&
      interlaced === this.#interlaced;
    if (same) return false;
    this.#width = width;
    this.#height = height;
    this.#format = format;
    this.#colorRange = colorRange;
    this.#colorSpace = colorSpace;
    this.#degrees = degrees;
    this.#mirrored = mirrored;
    this.#interlaced = interlaced;
    return true;
  }
}
