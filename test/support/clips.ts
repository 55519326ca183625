/**
 * Makes test clips with FFmpeg's own test sources, encoders and muxers through node-av, so that tests need no ffmpeg
 * program. Cut, cat and damage are done on the bytes.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_LOG_QUIET,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_SAMPLE_FMT_FLTP,
  AVERROR_EOF,
  AVFMT_GLOBALHEADER,
  type AVPixelFormat,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  FFmpegError,
  type FilterContext,
  FilterGraph,
  FormatContext,
  Frame,
  Log,
  Packet,
  Rational,
  type Stream,
} from 'node-av/lib';

Log.setLevel(AV_LOG_QUIET);

export interface ClipOptions {
  /** A chain of FFmpeg filters that begins with a source of a fixed duration: `testsrc2=s=320x240:r=10:d=6`. */
  readonly source: string;
  readonly pixelFormat?: string;
  /** FFmpeg's name of the encoder; `libx264` by default. */
  readonly encoder?: string;
  readonly encoderOptions?: Readonly<Record<string, string>>;
  /** FFmpeg's name of the container, where the path's ending does not tell it. */
  readonly format?: string;
  readonly formatOptions?: Readonly<Record<string, string>>;
  /** Keeps only some pictures, and their times. */
  readonly keep?: (index: number, seconds: number) => boolean;
  /** Moves the pictures' times. */
  readonly startSeconds?: number;
  /** Counter-clockwise turn to be written into the file, as a phone does: 90, 180, 270. */
  readonly rotation?: number;
  /** Seconds of a tone that starts at 0. */
  readonly toneSeconds?: number;
  readonly withoutPictures?: boolean;
}

/** A folder for the clips of one test file. */
export class ClipFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'plateau-clips-'));

  file(name: string): string {
    return join(this.path, name);
  }

  /** Makes a clip and answers its path. */
  make(name: string, options: ClipOptions): string {
    const path = this.file(name);
    makeClip(path, options);
    return path;
  }

  /** Puts transport streams one behind the other and answers the new path. */
  join(name: string, paths: readonly string[]): string {
    const path = this.file(name);
    writeFileSync(path, Buffer.concat(paths.map((one) => readFileSync(one))));
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

interface Track {
  readonly sink: FilterContext;
  readonly encoder: CodecContext;
  readonly stream: Stream;
  readonly isPicture: boolean;
}

/** Writes one clip. */
export function makeClip(path: string, options: ClipOptions): void {
  using graph = new FilterGraph();
  graph.alloc();
  const pixelFormat = options.pixelFormat ?? 'yuv420p';
  const chains: string[] = [];
  if (!options.withoutPictures) chains.push(`${options.source},format=${pixelFormat},buffersink@pictures`);
  if (options.toneSeconds !== undefined) {
    chains.push(
      `sine=d=${options.toneSeconds}:r=44100,aformat=sample_fmts=fltp,asetnsamples=1024,abuffersink@tone`,
    );
  }
  check(graph.parse2(chains.join(';')), 'the filters');
  check(graph.configSync(), 'the filters');
  const context = new FormatContext();
  check(context.allocOutputContext2(null, options.format ?? null, path), path);
  check(context.openOutputSync(), path);
  const tracks: Track[] = [];
  if (options.toneSeconds !== undefined) tracks.push(toneTrack(context, graph));
  if (!options.withoutPictures) tracks.push(pictureTrack(context, graph, options));
  for (const [name, value] of Object.entries(options.formatOptions ?? {})) {
    check(context.setOption(name, value), `the option ${name}`);
  }
  check(context.writeHeaderSync(), path);
  for (const track of tracks) encodeTrack(context, track, options);
  check(context.writeTrailerSync(), path);
  for (const { encoder } of tracks) encoder.freeContext();
  context.closeOutputSync();
  context.freeContext();
}

function encodeTrack(context: FormatContext, track: Track, options: ClipOptions): void {
  const { sink, encoder } = track;
  using frame = new Frame();
  frame.alloc();
  const from = sink.buffersinkGetTimeBase();
  for (let index = 0; ; index += 1) {
    const code = sink.buffersinkGetFrameSync(frame);
    if (code === AVERROR_EOF) break;
    check(code, 'a picture');
    const seconds = (Number(frame.pts) * from.num) / from.den;
    if (track.isPicture && options.keep?.(index, seconds) === false) continue;
    const start = track.isPicture ? (options.startSeconds ?? 0) : 0;
    const { num, den } = encoder.timeBase;
    frame.pts = BigInt(Math.round(((seconds + start) * den) / num));
    frame.pictType = 0 as never;
    check(encoder.sendFrameSync(frame), 'the encoder');
    drain(context, track);
    frame.unref();
  }
  check(encoder.sendFrameSync(null), 'the encoder');
  drain(context, track);
}

function drain(context: FormatContext, { encoder, stream }: Track): void {
  using packet = new Packet();
  packet.alloc();
  while (encoder.receivePacketSync(packet) >= 0) {
    packet.streamIndex = stream.index;
    packet.rescaleTs(encoder.timeBase, stream.timeBase);
    check(context.interleavedWriteFrameSync(packet), 'the file');
  }
}

function pictureTrack(context: FormatContext, graph: FilterGraph, options: ClipOptions): Track {
  const sink = graph.getFilter('buffersink@pictures') as FilterContext;
  const rate = sink.buffersinkGetFrameRate();
  const encoder = newEncoder(options.encoder ?? 'libx264');
  encoder.width = sink.buffersinkGetWidth();
  encoder.height = sink.buffersinkGetHeight();
  encoder.pixelFormat = sink.buffersinkGetFormat() as AVPixelFormat;
  encoder.timeBase = new Rational(rate.den, rate.num);
  encoder.framerate = rate;
  encoder.threadCount = 1;
  const isX264 = (options.encoder ?? 'libx264') === 'libx264';
  const settings = { ...(isX264 ? { preset: 'ultrafast' } : {}), ...options.encoderOptions };
  const stream = openTrack(context, encoder, settings);
  stream.avgFrameRate = rate;
  if (options.rotation !== undefined) {
    stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, displayMatrix(options.rotation));
  }
  return { sink, encoder, stream, isPicture: true };
}

function toneTrack(context: FormatContext, graph: FilterGraph): Track {
  const sink = graph.getFilter('abuffersink@tone') as FilterContext;
  const encoder = newEncoder('aac');
  encoder.sampleRate = 44100;
  encoder.sampleFormat = AV_SAMPLE_FMT_FLTP;
  encoder.channelLayout = sink.buffersinkGetChannelLayout();
  encoder.timeBase = new Rational(1, 44100);
  return { sink, encoder, stream: openTrack(context, encoder, {}), isPicture: false };
}

function newEncoder(name: string): CodecContext {
  const codec = Codec.findEncoderByName(name as never);
  if (codec === null) throw new Error(`this FFmpeg has no encoder ${name}`);
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  return encoder;
}

function openTrack(
  context: FormatContext,
  encoder: CodecContext,
  settings: Readonly<Record<string, string>>,
): Stream {
  if (context.oformat?.hasFlags(AVFMT_GLOBALHEADER as never)) encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  for (const [name, value] of Object.entries(settings)) {
    check(encoder.setOption(name, value), `the option ${name}`);
  }
  check(encoder.open2Sync(), 'the encoder');
  const stream = context.newStream();
  check(stream.codecpar.fromContext(encoder), 'the track');
  stream.timeBase = encoder.timeBase;
  return stream;
}

/** FFmpeg's display matrix of a counter-clockwise turn. */
function displayMatrix(degrees: number): Buffer {
  const [a, b, c, d] = ({ 90: [0, -1, 1, 0], 180: [-1, 0, 0, -1], 270: [0, 1, -1, 0] } as const)[
    degrees as 90 | 180 | 270
  ];
  const matrix = Buffer.alloc(36);
  for (const [place, value] of [
    [0, a],
    [4, b],
    [12, c],
    [16, d],
  ] as const) {
    matrix.writeInt32LE(value * 65536, place);
  }
  matrix.writeInt32LE(1 << 30, 32);
  return matrix;
}

function check(code: number, what: string): void {
  if (code < 0) throw new Error(`${what}: ${FFmpegError.strerror(code)}`);
}
