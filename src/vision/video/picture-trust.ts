/**
 * Whether what a decoded picture shows can be believed. After a lost key frame decoders hand out smeared pictures
 * without an error or a flag, so key frames are followed here. Pure.
 */

const lostKeyFrame = 'a key frame was lost or damaged';
const lostPictures = 'pictures were lost on the way';
const noKeyFrameYet = 'no key frame has come yet';

export class PictureTrust {
  #reason: string | null = null;
  #begun = false;

  /** Why the pictures that come now cannot be trusted, or null. */
  get reason(): string | null {
    return this.#reason;
  }

  /** A packet is about to be decoded. A stream that begins between two key frames is unknown until the next. */
  packet(isKey: boolean): void {
    if (this.#begun) return;
    this.#begun = true;
    if (!isKey) this.#reason = noKeyFrameYet;
  }

  /** The decoder refused a packet. A single other picture is but itself lost; a key frame takes the next ones along. */
  refused(isKey: boolean): void {
    if (isKey) this.#reason = lostKeyFrame;
  }

  /** Pictures that others refer to never arrived, and a key frame may have been among them. */
  gap(): void {
    this.#reason = lostPictures;
  }

  /** The gap was none: a number in the stream was damaged. */
  gapClosed(): void {
    if (this.#reason === lostPictures) this.#reason = null;
  }

  /** A picture came out. @returns why it is unknown, or null. */
  picture(isKey: boolean, damaged: boolean): string | null {
    if (isKey) this.#reason = damaged ? lostKeyFrame : null;
    return this.#reason;
  }
}
