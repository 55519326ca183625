/** Reads pictures from a recording, a folder of pictures or a live source: each with its time, size and what is known of it. */
import { performance } from 'node:perf_hooks';
import { type LedgerEntry, ledger, staged, UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { unreadableSpace } from './color-tags.ts';
import { DecodedPictures } from './decoded-pictures.ts';
import { DecoderOpener } from './decoder-opener.ts';
import { Frame } from './ffmpeg.ts';
import { Interruption } from './interruption.ts';
import type { OpenedStream } from './opened-stream.ts';
import type { DecodingEffort } from './picture-decoder.ts';
import { PictureGeometry } from './picture-geometry.ts';
import { PresentationClock } from './presentation-clock.ts';
import { SourceParts } from './source-parts.ts';
import {
  type CompleteOptions,
  completeOptions,
  usualFrameRate,
  type VideoCaptureOptions,
} from './video-capture-options.ts';
import { lossWarnings, type VideoCounters, zeroCounters } from './video-counters.ts';
import { blankFacts, pictureBytes, VideoFrame } from './video-frame.ts';
import { describeFolder, describeStream, isUntimed, type VideoInfo } from './video-info.ts';
import { parseVideoSource } from './video-source.ts';

export type { VideoCaptureOptions } from './video-capture-options.ts';
export type { VideoCounters } from './video-counters.ts';
export type { VideoInfo } from './video-info.ts';

/** Less than this on a side is no picture of a camera; filters and models cannot work on it. */
const leastSide = 8;

export class VideoCapture implements AsyncDisposable {
  readonly counters: VideoCounters = zeroCounters();
  readonly #parts: SourceParts;
  readonly #pictures: DecodedPictures;
  readonly #interruption: Interruption;
  readonly #clock: PresentationClock;
  readonly #native = new Frame();
  readonly #facts = blankFacts();
  readonly #geometry = new PictureGeometry();
  readonly #frame: VideoFrame;
  readonly #entry: LedgerEntry;
  readonly #timed: boolean;
  readonly #forgetSignal: () => void;
  readonly #next = () => this.#advance();
  readonly #forgetReading = () => {
    this.#reading = undefined;
  };
  #info: VideoInfo;
  #truncatedAt: number | null = null;
  #unreadableSpace: string | undefined;
  /** The read that waits, where one does. */
  #reading: Promise<VideoFrame | undefined> | undefined;
  #disposed: Promise<void> | undefined;

  /**
   * @param source A path, a folder of pictures, `/dev/videoN`, or an rtsp, rtsps, http, https or file address.
   * @throws PlateauError with a code of the ERR_SOURCE_ family; RangeError for an option that is none; the signal's reason.
   */
  static async open(source: string, options: VideoCaptureOptions = {}): Promise<VideoCapture> {
    const complete = completeOptions(options);
    const { signal, transport, timeoutSeconds, decoderThreads, loop, decoder, onSoftware } = complete;
    signal?.throwIfAborted();
    const parsed = parseVideoSource(source);
    using decoders = new DisposableStack();
    const opener = decoders.use(new DecoderOpener(decoder, parsed.label, onSoftware));
    const parts = new SourceParts(parsed, loop, {
      transport,
      timeoutSeconds,
      decoderThreads,
      decoders: opener,
    });
    const interruption = new Interruption();
    const abort = () => interruption.trip(signal?.reason);
    const forgetSignal = () => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort, { once: true });
    let opened: OpenedStream | undefined;
    try {
      opened = await parts.open(interruption);
      const capture = new VideoCapture(parts, interruption, forgetSignal, opened, complete);
      // From here on the capture owns it.
      decoders.move();
      return capture;
    } catch (error) {
      forgetSignal();
      await opened?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(
    parts: SourceParts,
    interruption: Interruption,
    forgetSignal: () => void,
    opened: OpenedStream,
    { camera, folderFrameRate }: CompleteOptions,
  ) {
    this.#parts = parts;
    this.#interruption = interruption;
    this.#forgetSignal = forgetSignal;
    const { source, count } = parts;
    const isFolder = source.kind === 'folder';
    this.#info = isFolder
      ? describeFolder(source, opened, count, folderFrameRate)
      : describeStream(source, opened);
    const { live, frameRate, container, label } = this.#info;
    this.#timed = !isFolder && !(live && isUntimed(container));
    this.#clock = new PresentationClock({ live, intervalSeconds: 1 / (frameRate ?? usualFrameRate) });
    this.#facts.rotation = opened.rotation;
    this.#pictures = new DecodedPictures(parts, opened, interruption, this.counters, live);
    this.#native.alloc();
    this.#frame = new VideoFrame(this.#native, this.#facts, camera);
    this.#entry = ledger.track({
      kind: 'VideoCapture',
      bytes: 0,
      camera,
      stage: 'capture',
      owner: label,
      always: true,
      siteBelow: VideoCapture.open,
    });
  }

  get info(): VideoInfo {
    return this.#info;
  }

  /** Where a file ends although its container says that more follows, in seconds; null otherwise. Known at the end. */
  get truncatedAt(): number | null {
    return this.#truncatedAt;
  }

  /** Why software decodes although `decoder` names hardware, one sentence; null otherwise. A device may be lost later on. */
  get softwareReason(): string | null {
    return this.#parts.options.decoders.softwareReason;
  }

  /** What a reader of the results should know, a sentence each: damage, moved times, changes of size, odd colours, another decoder than was chosen. */
  get warnings(): readonly string[] {
    const { label } = this.#info;
    const warnings = lossWarnings(this.counters, label);
    const { softwareReason } = this;
    if (softwareReason !== null) warnings.unshift(softwareReason);
    const moved = this.#clock.originSeconds;
    if (moved !== 0)
      warnings.push(`${label}: times are moved by ${moved.toFixed(3)} s, since they began below 0`);
    if (this.#unreadableSpace !== undefined) {
      warnings.push(
        `${label}: colours are declared as ${this.#unreadableSpace}, which cannot be converted; they are read as BT.601`,
      );
    }
    return warnings;
  }

  get effort(): DecodingEffort {
    return this.#pictures.effort;
  }

  /** Takes effect at once, or at the next key frame where what comes until then would refer to skipped pictures. */
  set effort(effort: DecodingEffort) {
    this.#pictures.effort = effort;
  }

  /**
   * The next picture in presentation order, or `undefined` at the end of a recording. The object is the same each time
   * and belongs to this capture: valid until the next read; `clone()` keeps one.
   *
   * A recording is read with synchronous calls within: take a turn of the event loop now and then. One read at a time.
   * @throws TypeError while another read waits; PlateauError ERR_SOURCE_STALLED, ERR_SOURCE_LOST, ERR_SOURCE_FORMAT,
   *   ERR_SOURCE_NO_FRAMES; the reason of an interruption.
   */
  async read(): Promise<VideoFrame | undefined> {
    return this.readNow();
  }

  /** As `read`, but a picture that is there without waiting comes at once, as those of a recording do. */
  readNow(): VideoFrame | undefined | Promise<VideoFrame | undefined> {
    if (this.#disposed !== undefined) throw new UseAfterDisposeError(`the capture of ${this.#info.label}`);
    if (this.#reading !== undefined) {
      // Two native reads of one connection at a time would mix up its packets.
      throw new TypeError(
        `the capture of ${this.#info.label} is still being read: wait for that read, or interrupt it, before the next`,
      );
    }
    this.#native.unref();
    const frame = staged('decode', this.#next);
    if (!(frame instanceof Promise)) return frame;
    this.#reading = frame.finally(this.#forgetReading);
    return this.#reading;
  }

  /** Ends the pending call of another task within milliseconds; it and all later ones throw an AbortError. */
  interrupt(): void {
    this.#interruption.trip(new DOMException(`reading ${this.#info.label} was interrupted`, 'AbortError'));
  }

  /** Closes the source. A pending read ends with an AbortError first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    await this.#disposed;
  }

  async #dispose(): Promise<void> {
    this.#forgetSignal();
    this.interrupt();
    // Whoever reads gets the error of a read; here only its end matters.
    await Promise.allSettled([this.#reading]);
    this.#native.free();
    await this.#pictures[Symbol.asyncDispose]();
    this.#parts.options.decoders[Symbol.dispose]();
    this.#entry[Symbol.dispose]();
  }

  #advance(): VideoFrame | undefined | Promise<VideoFrame | undefined> {
    const got = this.#pictures.receive(this.#native);
    if (got === 'picture') {
      this.#present();
      return this.#frame;
    }
    if (got !== 'end') return got.then(this.#next);
    this.#noteTruncation();
    if (!this.#parts.loops || this.counters.decoded === 0) return this.#end();
    return this.#pictures.goOn().then(this.#next);
  }

  #present(): void {
    const { stream } = this.#pictures;
    stream.describe(this.#native, this.#facts, this.counters);
    this.#checkGeometry();
    const source = this.#timed ? stream.times.secondsOf(this.#native) : undefined;
    const placed = this.#clock.place(source, performance.now() / 1000);
    this.#facts.timestampSeconds = placed.seconds;
    this.#facts.discontinuity = placed.discontinuity;
    this.counters.timeLeaps = this.#clock.leaps;
  }

  #checkGeometry(): void {
    if (!this.#geometry.update(this.#frame)) return;
    const { width, height, colorSpace } = this.#native;
    this.#unreadableSpace = unreadableSpace(colorSpace) ?? this.#unreadableSpace;
    if (width < leastSide || height < leastSide) {
      throw new PlateauError(
        'ERR_SOURCE_FORMAT',
        `${this.#info.label}: a picture of ${width}x${height} pixels is too small: choose a source of at least ${leastSide}x${leastSide}`,
      );
    }
    if (this.counters.decoded > 1) this.counters.geometryChanges += 1;
    // Some streams tell their size with the first picture only, and JPEGs how they are turned.
    if (this.counters.decoded === 1) {
      const { width, height, rotation } = this.#frame;
      this.#info = { ...this.#info, width, height, rotationDegrees: rotation.degrees };
    }
    // The decoder's references, about four pictures, and the one in hand.
    this.#entry.bytes = pictureBytes(this.#native) * 5;
  }

  #noteTruncation(): void {
    const interval = this.#clock.intervalSeconds;
    if (this.counters.decoded === 0 || !this.#pictures.stream.times.endsEarly(Math.max(0.25, 1.5 * interval)))
      return;
    this.#truncatedAt = this.#facts.timestampSeconds + interval;
  }

  #end(): undefined {
    if (this.counters.decoded > 0) return undefined;
    throw new PlateauError(
      'ERR_SOURCE_NO_FRAMES',
      `${this.#info.label} holds no picture that can be decoded: check that it was recorded and copied whole`,
    );
  }
}
