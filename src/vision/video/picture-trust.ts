/**
 * Whether what a decoded picture shows can be believed. After a lost key frame decoders hand out smeared pictures
 * without an error or a flag, so key frames are followed here. Pure.
 */

const lostKeyFrame = 'a key frame was lost or damaged';
const lostPictures = 'pictures were lost on the way';
const noKeyFrameYet = 'no key frame has come yet';

/** Refused packets whose pictures may still come out. More than any decoder holds back. */
const rememberedRefusals = 32;

export class PictureTrust {
  readonly #showsRefused: boolean;
  readonly #refusedTimes: (bigint | undefined)[] = [];
  #reason: string | null = null;
  #begun = false;
  #refusedKey = false;

  /** @param options.showsRefused The decoder gives out pictures whose packets it has refused, as that of H.265 does. */
  constructor(options: { readonly showsRefused: boolean }) {
    this.#showsRefused = options.showsRefused;
  }

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

  /**
   * The decoder refused a packet. A single other picture is but itself lost; a key frame takes the next ones along.
   * @param time The packet's presentation time in ticks, where it has one: it tells its picture, should that come.
   */
  refused(isKey: boolean, time: bigint | undefined): void {
    if (isKey) this.#reason = lostKeyFrame;
    if (!this.#showsRefused) return;
    if (time === undefined) this.#refusedKey ||= isKey;
    else this.#refusedTimes.push(time);
    if (this.#refusedTimes.length > rememberedRefusals) this.#refusedTimes.shift();
  }

  /** Pictures that others refer to never arrived, and a key frame may have been among them. */
  gap(): void {
    this.#reason = lostPictures;
  }

  /** The gap was none: a number in the stream was damaged. */
  gapClosed(): void {
    if (this.#reason === lostPictures) this.#reason = null;
  }

  /** Is this the picture of a packet that was refused? To be asked once for each, ahead of `picture`. */
  wasRefused(isKey: boolean, time: bigint | undefined): boolean {
    if (!this.#showsRefused) return false;
    if (time === undefined) {
      const refused = isKey && this.#refusedKey;
      if (refused) this.#refusedKey = false;
      return refused;
    }
    const place = this.#refusedTimes.indexOf(time);
    if (place >= 0) this.#refusedTimes.splice(place, 1);
    return place >= 0;
  }

  /** A picture came out. @returns why it is unknown, or null. */
  picture(isKey: boolean, damaged: boolean): string | null {
    if (isKey) this.#reason = damaged ? lostKeyFrame : null;
    return this.#reason;
  }
}
