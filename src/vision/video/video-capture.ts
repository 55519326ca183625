/**
 * Reads pictures from a recording, a folder of pictures or a live source, one after another. Packets are sent and
 * frames received by hand, so that a damaged packet costs its picture and not the stream.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type LedgerEntry, ledger, UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { Container, type Transport } from './container.ts';
import {
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_FRAME_FLAG_CORRUPT,
  AV_FRAME_FLAG_KEY,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVERROR_EOF,
  Frame,
  Packet,
  posix,
} from './ffmpeg.ts';
import { H264References } from './h264-references.ts';
import { Interruption } from './interruption.ts';
import { type DecodingEffort, PictureDecoder } from './picture-decoder.ts';
import { PictureTrust } from './picture-trust.ts';
import { PresentationClock } from './presentation-clock.ts';
import { type Rotation, rotationOfMatrix, swapsSides } from './rotation.ts';
import { lossFault, silenceFault } from './source-fault.ts';
import { blankFacts, pictureBytes, VideoFrame } from './video-frame.ts';
import { isLiveKind, parseVideoSource, type VideoSource } from './video-source.ts';

export interface VideoCaptureOptions {
  /** Ends opening and reading; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Name of the camera in the ledger. */
  readonly camera?: string;
  /** How RTSP carries pictures. `auto` (the default) tries TCP, then UDP. */
  readonly transport?: Transport;
  /** Time limit of each step of opening and of each read of what is no regular file. 5 by default. */
  readonly timeoutSeconds?: number;
  /** Begin a recording again at its end; times go on ascending. */
  readonly loop?: boolean;
  /** Decoding threads; each takes pictures of its own. 1 by default. */
  readonly decoderThreads?: number;
  /** Pictures a second of a folder, which has no time of its own. 25 by default. */
  readonly folderFrameRate?: number;
}

export interface VideoInfo {
  /** Live sources never end; their loss is an error. */
  readonly live: boolean;
  /** FFmpeg's name of the codec: `h264`. */
  readonly codec: string;
  /** FFmpeg's name of the container: `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  /** Size in pixels as players show the picture. It may change in mid-stream: each frame has its own. */
  readonly width: number;
  readonly height: number;
  /** Clockwise turn that is applied to the stored picture. */
  readonly rotationDegrees: number;
  readonly frameRate: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly frameCountEstimate: number | undefined;
  /** What carries an RTSP stream. */
  readonly transport: 'tcp' | 'udp' | undefined;
  /** The source as it may be shown, password masked. */
  readonly label: string;
}

export interface VideoCounters {
  /** Pictures handed out. */
  decoded: number;
  /** Pictures that were lost to damage or had to be patched up. */
  damaged: number;
  /** Pictures handed out whose content cannot be trusted. */
  unknown: number;
  /** Changes of size, pixel format or rotation in mid-stream. */
  geometryChanges: number;
  /** Times at which the source's clock stepped back or leapt. */
  timeLeaps: number;
  /** Encoded bytes read. */
  bytes: number;
}

/** Less than this on a side is no picture of a camera; filters and models cannot work on it. */
const leastSide = 8;
/** Errors of the reader in a row after which a recording is at its end. */
const readErrorLimit = 32;
const pictureFile = /\.(?:jpe?g|png|bmp|tiff?|webp)$/i;

export class VideoCapture implements AsyncDisposable {
  readonly counters: VideoCounters = {
    decoded: 0,
    damaged: 0,
    unknown: 0,
    geometryChanges: 0,
    timeLeaps: 0,
    bytes: 0,
  };
  readonly #parts: readonly VideoSource[];
  readonly #options: VideoCaptureOptions;
  readonly #interruption: Interruption;
  readonly #clock: PresentationClock;
  readonly #packet = new Packet();
  readonly #native = new Frame();
  readonly #facts = blankFacts();
  readonly #frame: VideoFrame;
  readonly #entry: LedgerEntry;
  readonly #timed: boolean;
  #info: VideoInfo;
  #part = 0;
  #container: Container;
  #decoder: PictureDecoder;
  #trust = new PictureTrust();
  #references: H264References | undefined;
  #wantedEffort: DecodingEffort = 'all';
  #secondsPerTick = 0;
  #draining = false;
  #readErrors = 0;
  #firstDts: bigint | undefined;
  #untimedDelay: bigint | undefined;
  #lastPacketEnd = 0;
  #geometry = '';
  #truncatedAt: number | null = null;
  #disposed: Promise<void> | undefined;
  #onAbort: (() => void) | undefined;

  /**
   * @param source A path, a folder of pictures, `/dev/videoN`, or an rtsp, rtsps, http, https or file address.
   * @throws PlateauError with a code of the ERR_SOURCE_ family; the signal's reason.
   */
  static async open(source: string, options: VideoCaptureOptions = {}): Promise<VideoCapture> {
    options.signal?.throwIfAborted();
    const parsed = parseVideoSource(source);
    const parts = parsed.kind === 'folder' ? pictureSources(parsed) : [parsed];
    const interruption = new Interruption();
    const abort = () => interruption.trip(options.signal?.reason);
    options.signal?.addEventListener('abort', abort, { once: true });
    try {
      const container = await openContainer(parts[0] as VideoSource, interruption, options);
      try {
        return new VideoCapture(parsed, parts, options, interruption, container);
      } catch (error) {
        await container[Symbol.asyncDispose]();
        throw error;
      }
    } finally {
      options.signal?.removeEventListener('abort', abort);
    }
  }

  private constructor(
    source: VideoSource,
    parts: readonly VideoSource[],
    options: VideoCaptureOptions,
    interruption: Interruption,
    container: Container,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#interruption = interruption;
    this.#container = container;
    this.#decoder = this.#newDecoder();
    this.#info = this.#describe(source);
    // JPEGs one after another carry no time; FFmpeg would number them at 25 a second.
    const untimed = this.#info.live && /jpeg/.test(this.#info.container);
    if (untimed) this.#info = { ...this.#info, frameRate: undefined };
    this.#timed = source.kind !== 'folder' && !untimed;
    this.#clock = new PresentationClock({
      live: this.info.live,
      intervalSeconds: 1 / (this.info.frameRate ?? 25),
    });
    this.#packet.alloc();
    this.#native.alloc();
    this.#frame = new VideoFrame(this.#native, this.#facts, options.camera);
    this.#entry = ledger.track({
      kind: 'VideoCapture',
      bytes: 0,
      camera: options.camera,
      stage: 'capture',
      owner: this.info.label,
      always: true,
      siteBelow: VideoCapture,
    });
    this.#onAbort = () => this.#interruption.trip(options.signal?.reason);
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#onAbort();
  }

  get info(): VideoInfo {
    return this.#info;
  }

  /** Where a file ends although its container says that more follows, in seconds; null otherwise. Known at the end. */
  get truncatedAt(): number | null {
    return this.#truncatedAt;
  }

  /** What a reader of the results should know, a sentence each: damage, moved times, changes of size. */
  get warnings(): readonly string[] {
    const { damaged, unknown, geometryChanges, timeLeaps } = this.counters;
    const { label } = this.info;
    const warnings: string[] = [];
    if (damaged > 0)
      warnings.push(`${label}: ${damaged} pictures were lost or patched up, since data is damaged`);
    if (unknown > 0)
      warnings.push(`${label}: ${unknown} pictures count as unknown, since a key frame was lost`);
    if (geometryChanges > 0) warnings.push(`${label}: the picture's form changed ${geometryChanges} times`);
    if (timeLeaps > 0) warnings.push(`${label}: the source's time stepped back or leapt ${timeLeaps} times`);
    if (this.#clock.originSeconds !== 0) {
      const seconds = this.#clock.originSeconds.toFixed(3);
      warnings.push(`${label}: times are moved by ${seconds} s, since they began below 0`);
    }
    return warnings;
  }

  get effort(): DecodingEffort {
    return this.#wantedEffort;
  }

  /** Takes effect at once, or at the next key frame where what comes until then would refer to skipped pictures. */
  set effort(effort: DecodingEffort) {
    this.#wantedEffort = effort;
  }

  /**
   * The next picture in presentation order, or `undefined` at the end of a recording. The object is the same each time
   * and belongs to this capture: valid until the next read; `clone()` keeps one.
   *
   * A recording is read with synchronous calls within: take a turn of the event loop now and then.
   * @throws PlateauError ERR_SOURCE_STALLED, ERR_SOURCE_LOST, ERR_SOURCE_FORMAT, ERR_SOURCE_NO_FRAMES; the reason of
   *   an interruption.
   */
  async read(): Promise<VideoFrame | undefined> {
    if (this.#disposed !== undefined) throw new UseAfterDisposeError(`the capture of ${this.info.label}`);
    this.#native.unref();
    for (;;) {
      const code = this.#decoder.receive(this.#native);
      if (code === 0) {
        this.#present();
        return this.#frame;
      }
      if (code === AVERROR_EOF) {
        if (!(await this.#nextPart())) return this.#end();
      } else if (code === posix.again) {
        const fed = this.#feed();
        if (fed !== undefined) await fed;
      } else {
        this.counters.damaged += 1;
      }
    }
  }

  /** Ends the pending call of another task within milliseconds; it and all later ones throw an AbortError. */
  interrupt(): void {
    this.#interruption.trip(new DOMException(`reading ${this.info.label} was interrupted`, 'AbortError'));
  }

  /** Closes the source. A pending read ends with an AbortError first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    await this.#disposed;
  }

  async #dispose(): Promise<void> {
    if (this.#onAbort) this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.interrupt();
    await this.#reading;
    this.#packet.free();
    this.#native.free();
    this.#decoder[Symbol.dispose]();
    await this.#container[Symbol.asyncDispose]();
    this.#entry[Symbol.dispose]();
  }

  /** Reads packets until one of ours was handed to the decoder. Nothing to wait for: `undefined`. */
  #feed(): Promise<void> | undefined {
    for (;;) {
      const code = this.#container.read(this.#packet);
      if (typeof code !== 'number') return this.#feedLater(code);
      if (this.#take(code)) return undefined;
    }
  }

  #reading: Promise<unknown> | undefined;

  async #feedLater(first: Promise<number | 'timeout'>): Promise<void> {
    let pending = first;
    try {
      for (;;) {
        this.#reading = pending.catch(() => undefined);
        const code = await pending;
        if (code === 'timeout') {
          throw silenceFault(this.#container.source, this.#options.timeoutSeconds ?? 5, 'read');
        }
        if (this.#take(code)) return;
        pending = this.#container.read(this.#packet) as Promise<number | 'timeout'>;
      }
    } finally {
      this.#reading = undefined;
    }
  }

  /** @returns true once the decoder got something. */
  #take(code: number): boolean {
    if (code < 0) return this.#takeReadError(code);
    this.#readErrors = 0;
    const packet = this.#packet;
    try {
      if (packet.streamIndex !== this.#container.streamIndex) return false;
      const isKey = packet.isKeyframe;
      this.counters.bytes += packet.size;
      this.#noteTimes(packet);
      this.#trust.packet(isKey);
      this.#followReferences(packet);
      if (this.#wantedEffort !== this.#decoder.effort && (isKey || this.#decoder.effort !== 'key-only')) {
        this.#decoder.effort = this.#wantedEffort;
      }
      if (this.#decoder.send(packet) < 0) {
        this.counters.damaged += 1;
        this.#trust.refused(isKey);
      }
      return true;
    } finally {
      packet.unref();
    }
  }

  #followReferences(packet: Packet): void {
    if (this.#references === undefined) return;
    const data = packet.data;
    if (data === null) return;
    const { dts } = packet;
    const verdict = this.#references.follow(
      data,
      dts === AV_NOPTS_VALUE ? undefined : Number(dts) * this.#secondsPerTick,
    );
    if (verdict === 'lost') {
      this.counters.damaged += 1;
      this.#trust.gap();
    }
    if (verdict === 'found') this.#trust.gapClosed();
  }

  #takeReadError(code: number): boolean {
    if (code === posix.again) return false;
    if (this.info.live) throw lossFault(this.#container.source, code);
    this.#readErrors += 1;
    if (code !== AVERROR_EOF && this.#readErrors < readErrorLimit) return false;
    this.#draining = true;
    this.#decoder.send(null);
    return true;
  }

  #noteTimes(packet: Packet): void {
    const { pts, dts } = packet;
    if (this.#firstDts === undefined && dts !== AV_NOPTS_VALUE) this.#firstDts = dts;
    const start = pts !== AV_NOPTS_VALUE ? pts : dts;
    if (start === AV_NOPTS_VALUE) return;
    const end = Number(start + packet.duration) * this.#secondsPerTick;
    if (end > this.#lastPacketEnd) this.#lastPacketEnd = end;
  }

  #present(): void {
    const { flags, decodeErrorFlags } = this.#native;
    const isKey = (flags & AV_FRAME_FLAG_KEY) !== 0;
    const damaged = (flags & AV_FRAME_FLAG_CORRUPT) !== 0 || decodeErrorFlags !== 0;
    this.#checkGeometry(isKey);
    const placed = this.#clock.place(this.#sourceSeconds(), performance.now() / 1000);
    this.#facts.timestampSeconds = placed.seconds;
    this.#facts.discontinuity = placed.discontinuity;
    this.#facts.damaged = damaged;
    this.#facts.unknownReason = this.#trust.picture(isKey, damaged);
    this.counters.decoded += 1;
    if (damaged) this.counters.damaged += 1;
    if (this.#facts.unknownReason !== null) this.counters.unknown += 1;
    this.counters.timeLeaps = this.#clock.leaps;
  }

  /** The picture's own time, or undefined. */
  #sourceSeconds(): number | undefined {
    if (!this.#timed) return undefined;
    const time = this.#native.bestEffortTimestamp;
    if (time === AV_NOPTS_VALUE) return undefined;
    // AVI knows decoding times only (a few pictures aside): they run ahead of presentation by the decoder's delay,
    // which the first picture shows.
    this.#untimedDelay ??=
      this.#native.pts === AV_NOPTS_VALUE && this.#firstDts !== undefined ? time - this.#firstDts : 0n;
    return Number(time - this.#untimedDelay) * this.#secondsPerTick;
  }

  #checkGeometry(isKey: boolean): void {
    const native = this.#native;
    if (isKey) this.#facts.rotation = this.#rotation(native);
    const { degrees, mirrored } = this.#facts.rotation;
    const geometry = `${native.width}x${native.height} ${native.format} ${degrees} ${mirrored}`;
    if (geometry === this.#geometry) return;
    if (native.width < leastSide || native.height < leastSide) {
      throw new PlateauError(
        'ERR_SOURCE_FORMAT',
        `${this.info.label}: a picture of ${native.width}x${native.height} pixels is too small: choose a source of at least ${leastSide}x${leastSide}`,
      );
    }
    if (this.#geometry !== '') this.counters.geometryChanges += 1;
    else if (this.#info.width === 0) {
      // Some streams tell their size with the first picture only.
      this.#info = { ...this.#info, width: this.#frame.width, height: this.#frame.height };
    }
    this.#geometry = geometry;
    // The decoder's references, about four pictures, and the one in hand.
    this.#entry.bytes = pictureBytes(native) * 5;
  }

  #rotation(native: Frame): Rotation {
    const own = native.getSideData(AV_FRAME_DATA_DISPLAYMATRIX);
    return rotationOfMatrix(
      own ?? this.#container.stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX),
    );
  }

  /** Goes on with the next picture of a folder, or from the start where the source loops. */
  async #nextPart(): Promise<boolean> {
    if (!this.#draining) return false;
    for (let tries = 0; tries < this.#parts.length; tries += 1) {
      this.#part += 1;
      if (this.#part >= this.#parts.length) {
        this.#noteTruncation();
        if (this.#options.loop !== true || this.counters.decoded === 0) return false;
        this.#part = 0;
      }
      try {
        const next = await openContainer(
          this.#parts[this.#part] as VideoSource,
          this.#interruption,
          this.#options,
        );
        const old = this.#container;
        this.#container = next;
        await old[Symbol.asyncDispose]();
        const decoder = this.#newDecoder();
        this.#decoder[Symbol.dispose]();
        this.#decoder = decoder;
      } catch (error) {
        if (!(error instanceof PlateauError) || this.#parts.length === 1) throw error;
        this.counters.damaged += 1;
        continue;
      }
      this.#draining = false;
      this.#trust = new PictureTrust();
      this.#firstDts = undefined;
      this.#untimedDelay = undefined;
      this.#lastPacketEnd = 0;
      return true;
    }
    return false;
  }

  #newDecoder(): PictureDecoder {
    const { stream, source } = this.#container;
    this.#secondsPerTick = stream.timeBase.num / stream.timeBase.den;
    const decoder = new PictureDecoder(stream, source.label, this.#options.decoderThreads ?? 1);
    decoder.effort = this.#wantedEffort;
    this.#references =
      decoder.codecName === 'h264' ? new H264References(stream.codecpar.extradata) : undefined;
    return decoder;
  }

  #noteTruncation(): void {
    const { stream } = this.#container;
    if (stream.duration <= 0n || this.counters.decoded === 0) return;
    const start = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime;
    const promised = Number(start + stream.duration) * this.#secondsPerTick;
    const tolerance = Math.max(0.25, 1.5 * this.#clock.intervalSeconds);
    if (this.#lastPacketEnd < promised - tolerance) {
      this.#truncatedAt = this.#facts.timestampSeconds + this.#clock.intervalSeconds;
    }
  }

  #end(): undefined {
    if (this.counters.decoded > 0) return undefined;
    throw new PlateauError(
      'ERR_SOURCE_NO_FRAMES',
      `${this.info.label} holds no picture that can be decoded: check that it was recorded and copied whole`,
    );
  }

  #describe(source: VideoSource): VideoInfo {
    const container = this.#container;
    const { stream } = container;
    const { codecpar } = stream;
    const rotation = rotationOfMatrix(codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
    this.#facts.rotation = rotation;
    const frameRate = frameRateOf(container, source, this.#options.folderFrameRate);
    const durationSeconds =
      source.kind === 'folder' ? this.#parts.length / (frameRate ?? 25) : container.durationSeconds;
    const live = isLiveKind(source.kind) || (source.kind === 'http' && durationSeconds === undefined);
    const counted =
      source.kind === 'folder'
        ? this.#parts.length
        : stream.nbFrames > 0n
          ? Number(stream.nbFrames)
          : undefined;
    const estimated =
      durationSeconds === undefined || frameRate === undefined
        ? undefined
        : Math.round(durationSeconds * frameRate);
    return {
      live,
      codec: this.#decoder.codecName,
      container: source.kind === 'folder' ? 'folder' : container.formatName,
      width: swapsSides(rotation) ? codecpar.height : codecpar.width,
      height: swapsSides(rotation) ? codecpar.width : codecpar.height,
      rotationDegrees: rotation.degrees,
      frameRate,
      durationSeconds: live ? undefined : durationSeconds,
      frameCountEstimate: live ? undefined : (counted ?? estimated),
      transport: container.transport,
      label: source.label,
    };
  }
}

async function openContainer(
  source: VideoSource,
  interruption: Interruption,
  options: VideoCaptureOptions,
): Promise<Container> {
  return Container.open(source, interruption, {
    transport: options.transport ?? 'auto',
    timeoutSeconds: options.timeoutSeconds ?? 5,
  });
}

function frameRateOf(
  container: Container,
  source: VideoSource,
  folderFrameRate: number | undefined,
): number | undefined {
  if (source.kind === 'folder') return folderFrameRate ?? 25;
  const { stream } = container;
  // Bare streams without times get 25 as an average, whatever they hold; what is coded in them is right.
  const coded = stream.codecpar.frameRate;
  const average = stream.avgFrameRate;
  const chosen = stream.startTime === AV_NOPTS_VALUE && coded.num > 0 ? coded : average;
  return chosen.num > 0 && chosen.den > 0 ? chosen.num / chosen.den : undefined;
}

function pictureSources(folder: VideoSource): VideoSource[] {
  const names = readdirSync(folder.address).filter((name) => pictureFile.test(name));
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  if (names.length === 0) {
    throw new PlateauError(
      'ERR_SOURCE_NO_FRAMES',
      `${folder.label} is a folder without pictures (jpg, png, bmp, tiff or webp): name a video, or a folder of pictures`,
    );
  }
  return names.map((name) => parseVideoSource(join(folder.address, name)));
}
