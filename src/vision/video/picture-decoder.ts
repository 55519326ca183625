/** A video decoder of FFmpeg. Bounded work in synchronous calls, the fastest form. Owns the codec context. */
import { UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { avGetCodecName, Codec, CodecContext, type Frame, type Packet, type Stream } from './ffmpeg.ts';
import type { DecoderBinding } from './hardware-device.ts';

/**
 * How much is decoded: everything; without pictures that no other refers to; or key frames only. For a machine that
 * does not keep up.
 */
export type DecodingEffort = 'all' | 'no-nonref' | 'key-only';

const skipOf: Readonly<Record<DecodingEffort, string>> = {
  all: 'default',
  'no-nonref': 'noref',
  'key-only': 'nokey',
};

/** Twice 8K: more is no camera. */
const mostPixels = 2 ** 26;

/** Takes packets, gives pictures in system memory. */
export interface Decoder extends Disposable {
  /** FFmpeg's name of the codec: `h264`. */
  readonly codecName: string;
  effort: DecodingEffort;
  /** Hands in one packet, or `null` at the end. @returns FFmpeg's code. */
  send(packet: Packet | null): number;
  /** Takes out one picture. @returns 0, EAGAIN (needs another packet), AVERROR_EOF, or another error. */
  receive(frame: Frame): number;
}

export class PictureDecoder implements Decoder {
  readonly codecName: string;
  readonly #context: CodecContext;
  #effort: DecodingEffort = 'all';
  #disposed = false;

  /**
   * @param label The source, for the error's sentence.
   * @param binding A device that is to decode; its pictures then lie in its own memory. Software without it.
   * @throws PlateauError ERR_SOURCE_FORMAT where this FFmpeg has no decoder for it, or it does not start.
   */
  constructor(stream: Stream, label: string, threads: number, binding?: DecoderBinding) {
    const { codecpar } = stream;
    this.codecName = avGetCodecName(codecpar.codecId) ?? 'unknown';
    const codec = binding?.codec ?? Codec.findDecoder(codecpar.codecId);
    // A format that FFmpeg has no name for has one in its container: four letters.
    if (codec === null)
      throw unknownFormat(
        label,
        this.codecName === 'none' ? (codecpar.codecTagString ?? 'none') : this.codecName,
      );
    this.#context = new CodecContext();
    this.#context.allocContext3(codec);
    try {
      this.#context.parametersToContext(codecpar);
      this.#context.pktTimebase = stream.timeBase;
      // Each thread more holds pictures of its own; a camera has one.
      this.#context.threadCount = threads;
      // H.265 hides damage without a flag unless it is told to call it an error; the picture still comes out.
      if (this.codecName === 'hevc') this.#context.setOption('err_detect', 'explode');
      if (binding?.device !== undefined) {
        this.#context.hwDeviceCtx = binding.device.context;
        this.#context.setHardwarePixelFormat(binding.device.pixelFormat as never);
      }
      // A damaged head may claim pictures of gigabytes.
      this.#context.setOption('max_pixels', String(mostPixels));
      if (this.#context.open2Sync(codec) < 0) throw unknownFormat(label, this.codecName);
    } catch (error) {
      this.#context.freeContext();
      throw error;
    }
  }

  get effort(): DecodingEffort {
    return this.#effort;
  }

  set effort(effort: DecodingEffort) {
    this.#alive.setOption('skip_frame', skipOf[effort]);
    this.#effort = effort;
  }

  get #alive(): CodecContext {
    if (this.#disposed) throw new UseAfterDisposeError(`the ${this.codecName} decoder`);
    return this.#context;
  }

  send(packet: Packet | null): number {
    return this.#alive.sendPacketSync(packet);
  }

  receive(frame: Frame): number {
    return this.#alive.receiveFrameSync(frame);
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#context.freeContext();
  }
}

function unknownFormat(label: string, codec: string): PlateauError {
  return new PlateauError(
    'ERR_SOURCE_FORMAT',
    `${label}: pictures in the format "${codec}" cannot be decoded here: convert the video to H.264`,
  );
}
