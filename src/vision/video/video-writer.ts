/**
 * Writes an annotated video: MP4, H.264 where this FFmpeg can encode it, else VP9. Source times are kept. It grows under
 * a name of its own beside the target and takes the target's name when it is whole, so a failure leaves nothing behind.
 */
import { statSync } from 'node:fs';
import { type LedgerEntry, ledger, UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { PartialFile, whyUnwritable } from '../../partial-file.ts';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AVERROR_EOF,
  Codec,
  CodecContext,
  errorText,
  FormatContext,
  type Frame,
  Packet,
  pixelFormats,
  posix,
  Rational,
  type Stream,
} from './ffmpeg.ts';
import { PictureCanvas } from './picture-canvas.ts';
import { PictureConverter, type PictureForm } from './picture-converter.ts';
import { requireWithin } from './require-within.ts';
import type { VideoFrame } from './video-frame.ts';

export interface VideoWriterOptions {
  /** Size of the pictures as players show them. Pictures of another size are scaled to it. */
  readonly width: number;
  readonly height: number;
  /** A hint for players; times come with the pictures. */
  readonly frameRate?: number;
  /** Width of a pixel over its height, as `VideoFrame.pixelAspect` tells it; players stretch the picture by it. 1 by default. */
  readonly pixelAspect?: number;
}

const ticksPerSecond = 90_000;
/** A pixel's aspect is told in shares of this: it holds all that analogue cameras have, as 12/11 and 16/15. */
const aspectSteps = 55_440;
/** Four hours: MP4 has 31 bits for the step from one picture to the next, and readers want room in them. */
const longestStep = BigInt(4 * 3600 * ticksPerSecond);
/** Beyond the seconds of any calendar: what is later was no time. */
const latestSeconds = 1e11;

export class VideoWriter implements AsyncDisposable {
  /** FFmpeg's name of the encoder in use: `libx264` or `libvpx-vp9`. */
  readonly encoderName: string;
  /** Pixels added to the right and below, since video has even sides: 0 or 1. */
  readonly padding: { readonly right: number; readonly bottom: number };

  readonly #path: string;
  readonly #partial: PartialFile;
  readonly #form: PictureForm;
  readonly #context: FormatContext;
  readonly #encoder: CodecContext;
  readonly #stream: Stream;
  readonly #packet = new Packet();
  readonly #converter = new PictureConverter();
  readonly #entry: LedgerEntry;
  #lastTicks: bigint | undefined;
  /** Ticks by which pictures come earlier, since a gap before them was longer than the file can hold. */
  #shortened = 0n;
  /** Ticks between the last two pictures. */
  #interval: bigint;
  #state: 'open' | 'finished' | 'failed' | 'disposed' = 'open';
  #released = false;

  /**
   * @param path Where the video will stand. An existing file is replaced when the new one is whole.
   * @throws PlateauError ERR_OUTPUT_UNWRITABLE; RangeError for a size or rate that is none.
   */
  static async open(path: string, options: VideoWriterOptions): Promise<VideoWriter> {
    return new VideoWriter(path, options);
  }

  private constructor(path: string, options: VideoWriterOptions) {
    const { width, height, frameRate = 25, pixelAspect = 1 } = options;
    requireWithin('frameRate', frameRate, 0.001, ticksPerSecond);
    requireWithin('pixelAspect', pixelAspect, 1 / 256, 256);
    if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
      throw new RangeError(`a video must have a whole size, not ${width}x${height}`);
    }
    refuseWhatIsNoFile(path);
    this.#path = path;
    this.#interval = BigInt(Math.round(ticksPerSecond / frameRate));
    this.padding = { right: width % 2, bottom: height % 2 };
    this.#form = {
      width,
      height,
      frameWidth: width + this.padding.right,
      frameHeight: height + this.padding.bottom,
      fullRange: false,
    };
    this.#partial = partialFile(path);
    this.#context = new FormatContext();
    let encoder: CodecContext | undefined;
    try {
      this.#check(this.#context.allocOutputContext2(null, 'mp4', this.#partial.path));
      this.#check(this.#context.openOutputSync());
      [encoder, this.encoderName] = openEncoder(this.#form, frameRate, pixelAspect);
      this.#encoder = encoder;
      this.#stream = this.#context.newStream();
      this.#check(this.#stream.codecpar.fromContext(encoder));
      this.#stream.timeBase = encoder.timeBase;
      this.#check(this.#context.setOption('movflags', 'faststart'));
      this.#check(this.#context.writeHeaderSync());
    } catch (error) {
      encoder?.freeContext();
      this.#converter[Symbol.dispose]();
      this.#context.closeOutputSync();
      this.#context.freeContext();
      this.#partial[Symbol.dispose]();
      throw error;
    }
    this.#packet.alloc();
    this.#entry = ledger.track({
      kind: 'VideoWriter',
      // The encoder looks ahead over about ten pictures.
      bytes: this.#form.frameWidth * this.#form.frameHeight * 1.5 * 12,
      stage: 'output',
      owner: path,
      always: true,
      siteBelow: VideoWriter.open,
    });
  }

  /**
   * Appends a picture. @param timestampSeconds Its source time; one that does not ascend is moved by the least step, and
   *   a gap of more than four hours is shortened to that.
   * @param draw Draws over the picture, in pixels of the source.
   * @throws PlateauError ERR_OUTPUT_UNWRITABLE when the disk is full or gone; the partial file is removed by then.
   *   RangeError for a time that is none, and nothing is written.
   */
  write(frame: VideoFrame, timestampSeconds: number, draw?: (canvas: PictureCanvas) => void): void {
    this.#checkOpen();
    // MP4 begins at 0: players leave out what stands ahead of it.
    requireWithin('timestampSeconds', timestampSeconds, 0, latestSeconds);
    const picture = this.#converter.convert(frame, this.#form);
    if (draw !== undefined) {
      const { width: sourceWidth, height: sourceHeight } = frame;
      PictureCanvas.paint(picture, { sourceWidth, sourceHeight, ...this.#form }, draw);
    }
    picture.pts = this.#ticksOf(timestampSeconds);
    picture.pictType = 0 as never; // The encoder chooses; the decoded picture's own type would be a command to it.
    this.#encode(picture);
  }

  /** Completes the file, its index at the front, and gives it its name. @throws As `write`. */
  async finish(): Promise<void> {
    this.#checkOpen();
    this.#encode(null);
    try {
      this.#check(this.#context.writeTrailerSync());
      this.#check(this.#context.pb?.error ?? 0);
      this.#release();
      this.#partial.complete();
      this.#state = 'finished';
    } catch (error) {
      this.#fail();
      throw error instanceof PlateauError ? error : unwritable(this.#path, whyUnwritable(error), error);
    }
  }

  /** What was not finished is removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'open') this.#fail();
    this.#state = 'disposed';
  }

  /** Where a picture stands in the file: after the last one, and not farther than the file can hold. */
  #ticksOf(timestampSeconds: number): bigint {
    let ticks = BigInt(Math.round(timestampSeconds * ticksPerSecond)) - this.#shortened;
    const last = this.#lastTicks;
    if (last !== undefined) {
      if (ticks - last > longestStep) {
        this.#shortened += ticks - last - longestStep;
        ticks = last + longestStep;
      }
      if (ticks <= last) ticks = last + 1n;
      this.#interval = ticks - last;
    }
    this.#lastTicks = ticks;
    return ticks;
  }

  #encode(picture: Frame | null): void {
    try {
      this.#check(this.#encoder.sendFrameSync(picture));
      for (;;) {
        const code = this.#encoder.receivePacketSync(this.#packet);
        if (code === posix.again || code === AVERROR_EOF) return;
        this.#check(code);
        this.#packet.streamIndex = this.#stream.index;
        // MP4 takes the last picture's length from here: at 0, players and ffprobe leave that picture out.
        this.#packet.duration = this.#interval;
        this.#packet.rescaleTs(this.#encoder.timeBase, this.#stream.timeBase);
        this.#check(this.#context.interleavedWriteFrameSync(this.#packet));
        this.#check(this.#context.pb?.error ?? 0);
      }
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  #checkOpen(): void {
    if (this.#state !== 'open') throw new UseAfterDisposeError(`the video writer of ${this.#path}`);
  }

  #check(code: number): void {
    if (code >= 0) return;
    const why = code === posix.noSpace ? 'the disk is full' : errorText(code);
    throw unwritable(this.#path, why);
  }

  #fail(): void {
    this.#state = 'failed';
    this.#release();
    this.#partial[Symbol.dispose]();
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#encoder.freeContext();
    this.#packet.free();
    this.#converter[Symbol.dispose]();
    this.#context.closeOutputSync();
    this.#context.freeContext();
    this.#entry[Symbol.dispose]();
  }
}

function openEncoder(form: PictureForm, frameRate: number, pixelAspect: number): [CodecContext, string] {
  const choices: readonly [string, Record<string, string>][] = [
    // No picture out of order: where steps are of hours, the moves that MP4 writes down for such do not fit.
    ['libx264', { preset: 'veryfast', crf: '23', bf: '0' }],
    ['libvpx-vp9', { deadline: 'realtime', 'cpu-used': '8', crf: '32', b: '0' }],
  ];
  for (const [name, settings] of choices) {
    const codec = Codec.findEncoderByName(name as never);
    if (codec === null) continue;
    const encoder = new CodecContext();
    encoder.allocContext3(codec);
    encoder.width = form.frameWidth;
    encoder.height = form.frameHeight;
    encoder.pixelFormat = pixelFormats.yuv420p;
    encoder.timeBase = new Rational(1, ticksPerSecond);
    encoder.framerate = new Rational(Math.round(frameRate * 1000), 1000);
    encoder.sampleAspectRatio = new Rational(Math.round(pixelAspect * aspectSteps), aspectSteps);
    encoder.threadCount = 1;
    encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    // One by one: node-av 6.1.1 leaves a dictionary that was handed to open2 dangling, and crashes on freeing it.
    for (const [key, value] of Object.entries(settings)) encoder.setOption(key, value);
    if (encoder.open2Sync(codec) >= 0) return [encoder, name];
    encoder.freeContext();
  }
  throw new PlateauError(
    'ERR_OUTPUT_UNWRITABLE',
    `this FFmpeg has no encoder for a video of ${form.frameWidth}x${form.frameHeight}: leave the annotated video out`,
  );
}

/** Owner: the caller. @throws PlateauError ERR_OUTPUT_UNWRITABLE */
function partialFile(path: string): PartialFile {
  try {
    return PartialFile.create(path);
  } catch (error) {
    throw unwritable(path, whyUnwritable(error), error);
  }
}

function refuseWhatIsNoFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) throw unwritable(path, 'it is no regular file');
}

function unwritable(path: string, why: string, cause?: unknown): PlateauError {
  return new PlateauError(
    'ERR_OUTPUT_UNWRITABLE',
    `${path} cannot be written (${why}): check folder, rights and free space, or name another file`,
    { cause },
  );
}
