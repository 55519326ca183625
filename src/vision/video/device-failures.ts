import type { Packet } from './ffmpeg.ts';

/** Packets in a row, a key frame among them, on which a device that has worked must fail to count as lost. */
const lostPackets = 10;

/** What a device that has worked fails on since its last picture. A damaged packet is no lost device: ten in a row are. */
export class DeviceFailures {
  #failures = 0;
  #keyFailed = false;
  /** Of the packet sent last: whether it is a key frame, and whether its error was passed on. */
  #sentKey = false;
  #isTold = false;

  /**
   * A packet is about to be sent. From a key frame on software can go on, so a lost device is left there.
   * @returns Why it counts as lost, half a sentence; `undefined` where it may go on.
   */
  sending(packet: Packet | null): string | undefined {
    this.#isTold = false;
    this.#sentKey = packet?.isKeyframe === true;
    if (!this.#sentKey || !this.#keyFailed || this.#failures < lostPackets) return undefined;
    return `its decoder failed on ${this.#failures} packets in a row`;
  }

  /** The device refused the packet sent last. */
  refused(): void {
    this.#failures += 1;
    this.#keyFailed ||= this.#sentKey;
  }

  /** No picture came of it. @returns False where that was told before: whoever asks until nothing is left would ask for ever. */
  failed(): boolean {
    if (this.#isTold) return false;
    this.#isTold = true;
    this.refused();
    return true;
  }

  /** A picture came. */
  worked(): void {
    this.#failures = 0;
    this.#keyFailed = false;
  }
}
