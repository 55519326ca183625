/** What one opened source says about the times of its pictures, in seconds of its own clock. */
import { AV_NOPTS_VALUE, type Frame, type Packet, type Stream } from './ffmpeg.ts';

export class SourceTimes {
  readonly #secondsPerTick: number;
  /** Where the container says that its pictures end, or undefined. */
  readonly #promisedEnd: number | undefined;
  #firstDecoding: bigint | undefined;
  #decoderDelay: bigint | undefined;
  #lastPacketEnd = 0;

  constructor(stream: Stream) {
    const { timeBase, duration, startTime } = stream;
    this.#secondsPerTick = timeBase.num / timeBase.den;
    const start = startTime === AV_NOPTS_VALUE ? 0n : startTime;
    if (duration > 0n) this.#promisedEnd = Number(start + duration) * this.#secondsPerTick;
  }

  /** A packet came. @returns its decoding time, or undefined. */
  note(packet: Packet): number | undefined {
    const { pts, dts } = packet;
    const hasDecoding = dts !== AV_NOPTS_VALUE;
    if (this.#firstDecoding === undefined && hasDecoding) this.#firstDecoding = dts;
    const start = pts !== AV_NOPTS_VALUE ? pts : dts;
    if (start !== AV_NOPTS_VALUE) {
      const end = Number(start + packet.duration) * this.#secondsPerTick;
      if (end > this.#lastPacketEnd) this.#lastPacketEnd = end;
    }
    return hasDecoding ? Number(dts) * this.#secondsPerTick : undefined;
  }

  /** The presentation time of a decoded picture, or undefined where it has none. */
  secondsOf(picture: Frame): number | undefined {
    const time = picture.bestEffortTimestamp;
    if (time === AV_NOPTS_VALUE) return undefined;
    // AVI knows decoding times only (a few pictures aside): they run ahead of presentation by the decoder's delay,
    // which the first picture shows.
    this.#decoderDelay ??=
      picture.pts === AV_NOPTS_VALUE && this.#firstDecoding !== undefined ? time - this.#firstDecoding : 0n;
    return Number(time - this.#decoderDelay) * this.#secondsPerTick;
  }

  /** After the last packet: does the container promise more pictures than came? */
  endsEarly(toleranceSeconds: number): boolean {
    return this.#promisedEnd !== undefined && this.#lastPacketEnd < this.#promisedEnd - toleranceSeconds;
  }
}
