/** Makes JPEG pictures for people. Keeps its encoder from picture to picture, as long as their size stays. */
import { type LedgerEntry, ledger, UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import {
  AV_CODEC_FLAG_QSCALE,
  Codec,
  CodecContext,
  errorText,
  FF_QP2LAMBDA,
  Packet,
  pixelFormats,
  Rational,
} from './ffmpeg.ts';
import { PictureCanvas } from './picture-canvas.ts';
import { PictureConverter, type PictureForm } from './picture-converter.ts';
import type { VideoFrame } from './video-frame.ts';

export interface JpegOptions {
  /** Wider pictures are made smaller, as high as it takes for their aspect to stay. As wide as the source by default. */
  readonly maxWidth?: number;
  /**
   * Squeeze pixels of 1:4 to 4:1 along their longer side until they are square: players stretch such pictures, but nobody
   * who shows a JPEG does. Never more pixels than without. Off by default.
   */
  readonly squarePixels?: boolean;
  /** Draws over the picture, in pixels of the source. */
  readonly draw?: (canvas: PictureCanvas) => void;
}

/** FFmpeg's quantiser: 2 is the best, 31 the worst. 4 shows no blocks and takes about 60 kB at 1280x720. */
const quantiser = 4;

export class PictureEncoder implements Disposable {
  readonly #converter = new PictureConverter();
  readonly #packet = new Packet();
  readonly #entry: LedgerEntry;
  #encoder: CodecContext | undefined;
  #size = '';
  #made = 0n;
  #disposed = false;

  constructor() {
    this.#packet.alloc();
    this.#entry = ledger.track({
      kind: 'PictureEncoder',
      bytes: 0,
      stage: 'capture',
      siteBelow: PictureEncoder,
    });
  }

  /**
   * @returns The JPEG file, in memory of its own: the caller's, fit to be transferred. The picture stands upright.
   * @throws RangeError for a width below 1; what `draw` throws.
   */
  encodeJpeg(frame: VideoFrame, options: JpegOptions = {}): Uint8Array<ArrayBuffer> {
    if (this.#disposed) throw new UseAfterDisposeError('a picture encoder');
    const form = formOf(frame, options);
    const picture = this.#converter.convert(frame, form);
    if (options.draw !== undefined) {
      const { width: sourceWidth, height: sourceHeight } = frame;
      PictureCanvas.paint(picture, { sourceWidth, sourceHeight, ...form }, options.draw);
    }
    const encoder = this.#encoderFor(form);
    // The encoder takes its pictures for a film and refuses one whose time does not ascend.
    this.#made += 1n;
    picture.pts = this.#made;
    picture.pictType = 0 as never; // A P or B picture, as the source coded it, would be a command that JPEG cannot obey.
    picture.quality = quantiser * FF_QP2LAMBDA;
    try {
      const sent = encoder.sendFrameSync(picture);
      const code = sent < 0 ? sent : encoder.receivePacketSync(this.#packet);
      if (code < 0)
        throw new PlateauError('ERR_INTERNAL', `FFmpeg could not make a JPEG: ${errorText(code)}`);
      const data = this.#packet.data;
      if (data === null) throw new PlateauError('ERR_INTERNAL', 'FFmpeg made an empty JPEG');
      return new Uint8Array(data);
    } finally {
      this.#packet.unref();
    }
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#converter[Symbol.dispose]();
    this.#encoder?.freeContext();
    this.#packet.free();
    this.#entry[Symbol.dispose]();
  }

  #encoderFor({ width, height }: PictureForm): CodecContext {
    const size = `${width}x${height}`;
    if (this.#encoder !== undefined && size === this.#size) return this.#encoder;
    this.#encoder?.freeContext();
    this.#encoder = undefined;
    const encoder = openJpegEncoder(width, height);
    this.#encoder = encoder;
    this.#size = size;
    this.#entry.bytes = width * height * 4;
    return encoder;
  }
}

function openJpegEncoder(width: number, height: number): CodecContext {
  const codec = Codec.findEncoderByName('mjpeg' as never);
  if (codec === null) throw new PlateauError('ERR_INTERNAL', 'this FFmpeg cannot make JPEGs');
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.width = width;
  encoder.height = height;
  encoder.pixelFormat = pixelFormats.yuvj420p;
  encoder.timeBase = new Rational(1, 25);
  encoder.threadCount = 1;
  encoder.setFlags(AV_CODEC_FLAG_QSCALE);
  encoder.globalQuality = quantiser * FF_QP2LAMBDA;
  const code = encoder.open2Sync(codec);
  if (code >= 0) return encoder;
  encoder.freeContext();
  throw new PlateauError(
    'ERR_INTERNAL',
    `FFmpeg could not make a JPEG of ${width}x${height}: ${errorText(code)}`,
  );
}

function formOf(frame: VideoFrame, { squarePixels = false, maxWidth }: JpegOptions): PictureForm {
  if (maxWidth !== undefined && !(maxWidth >= 1))
    throw new RangeError(`a picture is at least 1 pixel wide, not ${maxWidth}`);
  const aspect = squarePixels ? believable(frame.pixelAspect) : 1;
  const shownWidth = Math.max(1, Math.round(frame.width * Math.min(1, aspect)));
  const shownHeight = frame.height / Math.max(1, aspect);
  const width = Math.floor(Math.min(shownWidth, maxWidth ?? shownWidth));
  const height = Math.max(1, Math.round((shownHeight * width) / shownWidth));
  return { width, height, frameWidth: width, frameHeight: height, fullRange: true };
}

/** What analogue and anamorphic pictures have; beyond it a header is damaged, and nothing would be left of the picture. */
const mostAspect = 4;

function believable(aspect: number): number {
  return aspect >= 1 / mostAspect && aspect <= mostAspect ? aspect : 1;
}
