/** What somebody named as a source, understood: which sort it is, what FFmpeg is to be given, how it is shown. */
import { type Stats, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PlateauError } from '../../errors.ts';
import { maskSecrets } from '../../mask-secrets.ts';
import { type CameraUrl, cameraUrlText, parseCameraUrl } from './camera-url.ts';

/** `file` is read with synchronous calls, since a regular file always answers; the others may keep us waiting. */
export type VideoSourceKind = 'file' | 'folder' | 'rtsp' | 'http' | 'device';

export interface VideoSource {
  readonly kind: VideoSourceKind;
  /** What FFmpeg opens. Holds the password: never print it. */
  readonly address: string;
  /** A second spelling to try when the first is refused: the password exactly as written, escapes not decoded. */
  readonly otherAddress: string | undefined;
  /** The source as it may be shown: the password is `***`. */
  readonly label: string;
  /** Host name for a look-up ahead of FFmpeg's own, which can neither be interrupted nor told from other faults. */
  readonly host: string | undefined;
}

const videoDevice = /^\/dev\/(?:video\d+|v4l\/.+)$/;

const networkKinds: Readonly<Record<string, VideoSourceKind>> = {
  rtsp: 'rtsp',
  rtsps: 'rtsp',
  http: 'http',
  https: 'http',
};

/**
 * @param source A path, a folder of pictures, `/dev/videoN`, or an `rtsp`, `rtsps`, `http`, `https` or `file` address.
 * @throws PlateauError ERR_SOURCE_MISSING, ERR_SOURCE_UNREADABLE, or ERR_USAGE for an address that cannot be one.
 */
export function parseVideoSource(source: string): VideoSource {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(source.trim())?.[1]?.toLowerCase();
  if (scheme === 'file') return pathSource(fileURLToPath(source.trim()));
  if (scheme === undefined) return pathSource(source);
  const label = maskSecrets(source);
  const kind = networkKinds[scheme];
  if (kind === undefined) {
    throw new PlateauError(
      'ERR_USAGE',
      `${label}: "${scheme}" is no kind of source that Plateau reads: use rtsp, rtsps, http, https or a path`,
    );
  }
  const url = parseCameraUrl(source);
  if (url === undefined) {
    throw new PlateauError(
      'ERR_USAGE',
      `${label} names no host: write rtsp://user:password@host:port/path, with @ : / # ? % of the password as %40 %3A %2F %23 %3F %25`,
    );
  }
  return {
    kind,
    address: cameraUrlText(url),
    otherAddress: url.literal === undefined ? undefined : cameraUrlText(url, { asWritten: true }),
    label: shown(url),
    host: url.host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
  };
}

/** Does this source go on for ever? An HTTP address may turn out to be a recording once it is open. */
export function isLiveKind(kind: VideoSourceKind): boolean {
  return kind === 'rtsp' || kind === 'device';
}

function shown(url: CameraUrl): string {
  const user = url.user === undefined ? '' : `${url.user}:***@`;
  return maskSecrets(`${url.scheme}://${user}${url.host}${url.rest}`);
}

function pathSource(path: string): VideoSource {
  const stats = statOf(path);
  const source = { address: path, otherAddress: undefined, label: path, host: undefined };
  if (stats.isDirectory()) return { ...source, kind: 'folder' };
  if (stats.isCharacterDevice() && videoDevice.test(path)) return { ...source, kind: 'device' };
  if (!stats.isFile()) {
    // Opening a pipe that nobody writes to hangs for ever, and no interrupt reaches it.
    throw new PlateauError(
      'ERR_SOURCE_UNREADABLE',
      `${path} is neither a file, a folder nor a video device: name one of these, or an rtsp or http address`,
    );
  }
  if (stats.size === 0) {
    throw new PlateauError('ERR_SOURCE_UNREADABLE', `${path} is empty (0 bytes): record or copy it again`);
  }
  return { ...source, kind: 'file', address: `file:${path}` };
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new PlateauError('ERR_SOURCE_MISSING', `there is no file ${path}: check the path`, { cause });
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlateauError('ERR_SOURCE_UNREADABLE', `${path} cannot be read (${why}): check its rights`, {
      cause,
    });
  }
}
