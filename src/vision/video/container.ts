/**
 * An opened source of packets: a file, or a stream from the network or a device. Owns FFmpeg's format context.
 *
 * A regular file always answers, so it is opened and read with the synchronous calls, which are the fast ones. All
 * else may keep us waiting for ever: asynchronous calls, each with a time limit, that `interrupt` ends within ms.
 */
import { UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { AVMEDIA_TYPE_VIDEO, FormatContext, type Packet, type Stream } from './ffmpeg.ts';
import type { Interruption } from './interruption.ts';
import { isRefusal, openFault } from './source-fault.ts';
import type { PromisedLength } from './source-times.ts';
import { type ConnectionOptions, closeStream, openStream, resolveHost } from './stream-connection.ts';
import type { VideoSource } from './video-source.ts';

export class Container implements AsyncDisposable {
  readonly source: VideoSource;
  /** The picture stream, the one that players show. */
  readonly stream: Stream;
  readonly streamIndex: number;
  /** Which transport carries RTSP, once that was settled. */
  readonly transport: 'tcp' | 'udp' | undefined;
  readonly #headerSeconds: number | undefined;
  readonly #context: FormatContext;
  readonly #interruption: Interruption;
  readonly #timeoutSeconds: number;
  #closed: Promise<void> | undefined;

  private constructor(
    source: VideoSource,
    context: FormatContext,
    interruption: Interruption,
    options: ConnectionOptions,
    transport: 'tcp' | 'udp' | undefined,
    headerSeconds?: number,
  ) {
    this.source = source;
    this.#headerSeconds = headerSeconds;
    this.#context = context;
    this.#interruption = interruption;
    this.#timeoutSeconds = options.timeoutSeconds;
    this.transport = transport;
    this.streamIndex = context.findBestStream(AVMEDIA_TYPE_VIDEO);
    if (this.streamIndex < 0) {
      throw new PlateauError(
        'ERR_SOURCE_NO_FRAMES',
        `${source.label} holds no pictures (${context.nbStreams === 0 ? 'no stream at all' : 'sound or data only'}): choose a video`,
      );
    }
    this.stream = context.streams[this.streamIndex] as Stream;
  }

  /** @throws PlateauError as `openFault` tells; the interruption's reason. */
  static async open(
    source: VideoSource,
    interruption: Interruption,
    options: ConnectionOptions,
  ): Promise<Container> {
    interruption.throwIfTripped();
    if (source.kind === 'file') return Container.#openFile(source, interruption, options);
    if (source.host !== undefined) await resolveHost(source, source.host, options.timeoutSeconds);
    const tries: readonly ('tcp' | 'udp' | undefined)[] =
      source.kind !== 'rtsp'
        ? [undefined]
        : options.transport === 'auto'
          ? ['tcp', 'udp']
          : [options.transport];
    let transport = tries[0];
    let opened = await openStream(source, source.address, transport, interruption, options);
    if (opened.failure?.transport && tries.length > 1) {
      transport = tries[1];
      const second = await openStream(source, source.address, transport, interruption, options);
      // The first failure tells more than a second silence.
      opened =
        second.context === undefined && opened.failure.error.code !== 'ERR_SOURCE_UNREACHABLE'
          ? opened
          : second;
    }
    if (opened.failure && isRefusal(opened.failure.error) && source.otherAddress !== undefined) {
      opened = await openStream(source, source.otherAddress, transport, interruption, options);
    }
    if (opened.context === undefined) throw opened.failure.error;
    try {
      return new Container(source, opened.context, interruption, options, transport);
    } catch (error) {
      await opened.context.closeInput();
      throw error;
    }
  }

  static #openFile(source: VideoSource, interruption: Interruption, options: ConnectionOptions): Container {
    const context = new FormatContext();
    context.allocContext();
    try {
      const code = context.openInputSync(source.address);
      if (code < 0) throw openFault(source, code, options.timeoutSeconds);
      // Read before FFmpeg looks at packets and guesses what the header leaves open. FLV's header is its first packet.
      let ticks = context.duration;
      const found = context.findStreamInfoSync(null);
      if (found < 0) throw openFault(source, found, options.timeoutSeconds);
      if (context.iformat?.name === 'flv') ticks = context.duration;
      const headerSeconds = ticks > 0n ? Number(ticks) / 1e6 : undefined;
      return new Container(source, context, interruption, options, undefined, headerSeconds);
    } catch (error) {
      context.closeInputSync();
      throw error;
    }
  }

  /** Name of the container format as FFmpeg gives it: `mov,mp4,m4a,3gp,3g2,mj2`. */
  get formatName(): string {
    return this.#alive.iformat?.name ?? 'unknown';
  }

  /** Length of the picture stream, or of the whole where only that is known; `undefined` for what has none. */
  get durationSeconds(): number | undefined {
    const { duration, timeBase } = this.stream;
    if (duration > 0n) return (Number(duration) * timeBase.num) / timeBase.den;
    const whole = this.#alive.duration;
    return whole > 0n ? Number(whole) / 1e6 : undefined;
  }

  /** How long a file is by its header alone, nothing guessed from its size or its packets; `undefined` where it tells nothing. */
  get promisedLength(): PromisedLength | undefined {
    const seconds = this.#headerSeconds;
    if (seconds === undefined) return undefined;
    const streams = this.#alive.streams ?? [];
    return { seconds, tickSeconds: streams.map(({ timeBase: { num, den } }) => num / den) };
  }

  /** Length of the picture stream by the file's header, in ticks; 0 where it tells none. */
  get promisedTicks(): bigint {
    const { duration, nbFrames } = this.stream;
    // FFmpeg shortens an AVI's duration to what a cut file can hold. Its header counts ticks, pictures left out included.
    return this.formatName === 'avi' && nbFrames > duration ? nbFrames : duration;
  }

  get #alive(): FormatContext {
    if (this.#closed !== undefined) throw new UseAfterDisposeError(`the container of ${this.source.label}`);
    return this.#context;
  }

  /**
   * Reads the next packet of any stream into `packet`.
   * @returns FFmpeg's code: 0, AVERROR_EOF, another error; `timeout` where nothing came in time. For a file the number
   *   itself, for all else a promise of it.
   */
  read(packet: Packet): number | Promise<number | 'timeout'> {
    const context = this.#alive;
    if (this.source.kind === 'file') {
      if (this.#interruption.tripped) this.#interruption.throwIfTripped();
      return context.readFrameSync(packet);
    }
    return this.#interruption.guard(context, this.#timeoutSeconds, () => context.readFrame(packet));
  }

  /** Closes. A connection that hangs in its farewell is ended as well. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.source.kind === 'file' ? this.#closeFile() : closeStream(this.#context);
    await this.#closed;
  }

  async #closeFile(): Promise<void> {
    this.#context.closeInputSync();
  }
}
