/** What one opened source says about the times of its pictures, in seconds of its own clock. */
import { AV_NOPTS_VALUE, type Frame, type Packet, type Stream } from './ffmpeg.ts';

/** What the header of a whole file promises where its streams tell no length of their own, as in Matroska and FLV. */
export interface PromisedLength {
  readonly seconds: number;
  /** Of one tick of each stream, by its index. */
  readonly tickSeconds: readonly number[];
}

export class SourceTimes {
  readonly #secondsPerTick: number;
  /** Where the container says that its pictures end, or undefined. */
  readonly #promisedEnd: number | undefined;
  readonly #promisedLength: PromisedLength | undefined;
  #firstDecoding: bigint | undefined;
  #decoderDelay: bigint | undefined;
  #lastPacketEnd = 0;
  /** Of any stream: sound may go on after the pictures. */
  #firstOfAny = Number.POSITIVE_INFINITY;
  #lastOfAny = 0;

  /** @param promisedTicks Length of the stream; as FFmpeg tells it by default. */
  constructor(stream: Stream, promisedLength?: PromisedLength, promisedTicks = stream.duration) {
    const { timeBase, startTime } = stream;
    this.#secondsPerTick = timeBase.num / timeBase.den;
    const start = startTime === AV_NOPTS_VALUE ? 0n : startTime;
    if (promisedTicks > 0n) this.#promisedEnd = Number(start + promisedTicks) * this.#secondsPerTick;
    else this.#promisedLength = promisedLength;
  }

  /** A packet of any stream came. */
  noteAny(packet: Packet): void {
    // Most sources promise nothing this way, and each look at a packet makes numbers.
    if (this.#promisedLength === undefined) return;
    const { pts, dts, duration, streamIndex } = packet;
    const tick = this.#promisedLength.tickSeconds[streamIndex];
    const start = pts !== AV_NOPTS_VALUE ? pts : dts;
    if (tick === undefined || start === AV_NOPTS_VALUE) return;
    this.#firstOfAny = Math.min(this.#firstOfAny, Number(start) * tick);
    this.#lastOfAny = Math.max(this.#lastOfAny, Number(start + duration) * tick);
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
    if (this.#promisedEnd !== undefined) return this.#lastPacketEnd < this.#promisedEnd - toleranceSeconds;
    if (this.#promisedLength === undefined) return false;
    // A header counts from 0; times that begin below 0 make it longer.
    const length = this.#lastOfAny - Math.min(0, this.#firstOfAny);
    return length < this.#promisedLength.seconds - toleranceSeconds;
  }
}
