/**
 * Connecting to what may keep us waiting: cameras, web addresses, devices. Asynchronous calls with a time limit each.
 */
import { lookup } from 'node:dns/promises';
import { PlateauError } from '../../errors.ts';
import { AVERROR_EOF, AVERROR_INVALIDDATA, Dictionary, FormatContext, InputFormat } from './ffmpeg.ts';
import type { Interruption } from './interruption.ts';
import { isTransportFault, openFault, silenceFault } from './source-fault.ts';
import type { VideoSource } from './video-source.ts';

export const transports = ['auto', 'tcp', 'udp'] as const;

export type Transport = (typeof transports)[number];

export interface ConnectionOptions {
  readonly transport: Transport;
  /** Time limit of each step of opening, and of each read. */
  readonly timeoutSeconds: number;
}

/** By so much later than ours comes the time limit within FFmpeg. */
const spareSeconds = 2;

/** An open context, whose owner the caller becomes; or why there is none, and whether another transport may help. */
export type OpenOutcome =
  | { readonly context: FormatContext; readonly failure?: undefined }
  | {
      readonly context?: undefined;
      readonly failure: { readonly error: PlateauError; readonly transport: boolean };
    };

/** Opens one address over one transport. @throws The interruption's reason; all else is an outcome. */
export async function openStream(
  source: VideoSource,
  address: string,
  transport: 'tcp' | 'udp' | undefined,
  interruption: Interruption,
  options: ConnectionOptions,
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
  options: ConnectionOptions,
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
  // FFmpeg's own limit is the second one: where both fell together, its answer was taken for one of the camera's.
  const ownLimit = String(Math.round((timeoutSeconds + spareSeconds) * 1e6));
  // Without a guess of the frame rate, which takes about a second of pictures, a camera shows at once.
  const quickStart = { fpsprobesize: '0', analyzeduration: String(timeoutSeconds * 1e6) };
  if (source.kind === 'rtsp') {
    return {
      ...quickStart,
      rtsp_transport: transport ?? 'tcp',
      allowed_media_types: 'video',
      timeout: ownLimit,
    };
  }
  if (source.kind === 'http') {
    // Bare JPEGs are recognised only once this much has come: a megabyte by default, a minute of some cameras.
    const quickGuess = { formatprobesize: '32768' };
    return { ...quickStart, ...quickGuess, rw_timeout: ownLimit };
  }
  return {};
}

/** FFmpeg's own look-up neither tells its failure apart nor can it be interrupted, so ours goes ahead of it. */
export async function resolveHost(source: VideoSource, host: string, timeoutSeconds: number): Promise<void> {
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

/** Says farewell, but not for long. */
export async function closeStream(context: FormatContext): Promise<void> {
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
