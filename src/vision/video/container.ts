/**
 * An opened source of packets: a file, or a stream from the network or a device. Owns FFmpeg's format context.
 *
 * A regular file always answers, so it is opened and read with the synchronous calls, which are the fast ones. All
 * else may keep us waiting for ever: asynchronous calls, each with a time limit, that `interrupt` ends within ms.
 */
import { lookup } from 'node:dns/promises';
import { UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import {
  AVERROR_EOF,
  AVERROR_INVALIDDATA,
  AVMEDIA_TYPE_VIDEO,
  Dictionary,
  FormatContext,
  InputFormat,
  type Packet,
  type Stream,
} from './ffmpeg.ts';
import type { Interruption } from './interruption.ts';
import { isRefusal, isTransportFault, openFault, silenceFault } from './source-fault.ts';
import type { VideoSource } from './video-source.ts';

export type Transport = 'auto' | 'tcp' | 'udp';

export interface ContainerOptions {
  readonly transport: Transport;
  /** Time limit of each step of opening, and of each read. */
  readonly timeoutSeconds: number;
}

export class Container implements AsyncDisposable {
  readonly source: VideoSource;
  /** The picture stream, the one that players show. */
  readonly stream: Stream;
  readonly streamIndex: number;
  /** Which transport carries RTSP, once that was settled. */
  readonly transport: 'tcp' | 'udp' | undefined;
  readonly #context: FormatContext;
  readonly #interruption: Interruption;
  readonly #timeoutSeconds: number;
  #closed: Promise<void> | undefined;

  private constructor(
    source: VideoSource,
    context: FormatContext,
    interruption: Interruption,
    options: ContainerOptions,
    transport: 'tcp' | 'udp' | undefined,
  ) {
    this.source = source;
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
    options: ContainerOptions,
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

  static #openFile(source: VideoSource, interruption: Interruption, options: ContainerOptions): Container {
    const context = new FormatContext();
    context.allocContext();
    try {
      const code = context.openInputSync(source.address);
      if (code < 0) throw openFault(source, code, options.timeoutSeconds);
      const found = context.findStreamInfoSync(null);
      if (found < 0) throw openFault(source, found, options.timeoutSeconds);
      return new Container(source, context, interruption, options, undefined);
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

type OpenOutcome =
  | { readonly context: FormatContext; readonly failure?: undefined }
  | {
      readonly context?: undefined;
      readonly failure: { readonly error: PlateauError; readonly transport: boolean };
    };

async function openStream(
  source: VideoSource,
  address: string,
  transport: 'tcp' | 'udp' | undefined,
  interruption: Interruption,
  options: ContainerOptions,
): Promise<OpenOutcome> {
  const outcome = await connect(source, address, transport, interruption, options, false);
  if (outcome !== 'as-jpegs') return outcome;
  // The first connection is closed by now: many cameras serve one at a time.
  const second = await connect(source, address, transport, interruption, options, true);
  if (second === 'as-jpegs') throw new PlateauError('ERR_INTERNAL', 'JPEGs were asked for and refused');
  return second;
}

async function connect(
  source: VideoSource,
  address: string,
  transport: 'tcp' | 'udp' | undefined,
  interruption: Interruption,
  options: ContainerOptions,
  asJpegs: boolean,
): Promise<OpenOutcome | 'as-jpegs'> {
  const context = new FormatContext();
  context.allocContext();
  let handedOver = false;
  try {
    using settings = Dictionary.fromObject({
      ...streamSettings(source, transport, options.timeoutSeconds),
      ...(asJpegs ? { probesize: String(jpegProbeBytes) } : {}),
    });
    const format = formatOf(source, asJpegs);
    const opened = await interruption.guard(context, options.timeoutSeconds, () =>
      context.openInput(address, format, settings),
    );
    const isBareJpegs = opened === 0 && /^(?:jpeg_pipe|mjpeg)$/.test(context.iformat?.name ?? '');
    if (source.kind === 'http' && !asJpegs && (isBareJpegs || opened === AVERROR_INVALIDDATA)) {
      return 'as-jpegs';
    }
    const code =
      opened === 'timeout' || opened < 0
        ? opened
        : await interruption.guard(context, options.timeoutSeconds, () => context.findStreamInfo(null));
    if (code === 'timeout') {
      const error = silenceFault(source, options.timeoutSeconds, 'open');
      // A server that took the request but sends nothing over this transport may do so over the other one.
      return { failure: { error, transport: opened !== 'timeout' } };
    }
    if (code < 0 && code !== AVERROR_EOF) {
      const error = openFault(source, code, options.timeoutSeconds);
      return { failure: { error, transport: isTransportFault(code) } };
    }
    if (asJpegs && context.streams[0]?.codecpar.width === 0) {
      // Neither JPEGs nor anything else: a page of text, say.
      const error = openFault(source, AVERROR_INVALIDDATA, options.timeoutSeconds);
      return { failure: { error, transport: false } };
    }
    handedOver = true;
    return { context };
  } finally {
    if (!handedOver) await closeStream(context);
  }
}

/** Enough to see that JPEGs come; without a limit FFmpeg would wait for minutes of them. */
const jpegProbeBytes = 4096;

/**
 * Cameras send JPEGs over HTTP in many forms: without a boundary ahead of the first, without dashes, or bare. What
 * FFmpeg's own reader of them refuses is cut at the JPEGs' own ends instead.
 */
function formatOf(source: VideoSource, asJpegs: boolean): InputFormat | null {
  if (asJpegs) return InputFormat.findInputFormat('mjpeg');
  return source.kind === 'device' ? InputFormat.findInputFormat('v4l2') : null;
}

function streamSettings(
  source: VideoSource,
  transport: 'tcp' | 'udp' | undefined,
  timeoutSeconds: number,
): Record<string, string> {
  // Without a guess of the frame rate, which takes about a second of pictures, a camera shows at once.
  const quickStart = { fpsprobesize: '0', analyzeduration: String(timeoutSeconds * 1e6) };
  if (source.kind === 'rtsp') {
    return {
      ...quickStart,
      rtsp_transport: transport ?? 'tcp',
      allowed_media_types: 'video',
      timeout: String(Math.round(timeoutSeconds * 1e6)),
    };
  }
  if (source.kind === 'http') {
    // Bare JPEGs are recognised only once this much has come: a megabyte by default, a minute of some cameras.
    const quickGuess = { formatprobesize: '32768' };
    return { ...quickStart, ...quickGuess, rw_timeout: String(Math.round(timeoutSeconds * 1e6)) };
  }
  return {};
}

/** FFmpeg's own look-up neither tells its failure apart nor can it be interrupted, so ours goes ahead of it. */
async function resolveHost(source: VideoSource, host: string, timeoutSeconds: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(silenceFault(source, timeoutSeconds, 'open')), timeoutSeconds * 1000);
  try {
    await Promise.race([lookup(host), late]);
  } catch (cause) {
    if (cause instanceof PlateauError) throw cause;
    const message = `${source.label}: the host name "${host}" is not known: check its spelling and this machine's name server`;
    throw new PlateauError('ERR_SOURCE_UNREACHABLE', message, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function closeStream(context: FormatContext): Promise<void> {
  // The farewell of a connection waits for the other side; half a second is enough for one that is there.
  const impatience = setTimeout(() => {
    context.interrupt();
    repeat = setInterval(() => context.interrupt(), 50);
  }, 500);
  let repeat: NodeJS.Timeout | undefined;
  try {
    await context.closeInput();
  } finally {
    clearTimeout(impatience);
    clearInterval(repeat);
  }
}
