/** Turns FFmpeg's return codes into one sentence with a remedy, and a code that tells the kinds of fault apart. */
import { type ErrorCode, PlateauError } from '../../errors.ts';
import {
  AVERROR_HTTP_FORBIDDEN,
  AVERROR_HTTP_NOT_FOUND,
  AVERROR_HTTP_OTHER_4XX,
  AVERROR_HTTP_SERVER_ERROR,
  AVERROR_HTTP_UNAUTHORIZED,
  AVERROR_INVALIDDATA,
  errorText,
} from './ffmpeg.ts';
import type { VideoSource } from './video-source.ts';

/** Codes of the operating system, the same on Linux and macOS but for those named twice. */
const refusedConnection = new Set([-111, -61]);
const unreachableHost = new Set([-113, -65, -101, -51]);
const timedOut = new Set([-110, -60]);
const noSuchThing = new Set([-2, -6, -19]);
const notAllowed = new Set([-13, -1]);

/** Why a source could not be opened. @param code FFmpeg's negative return code. */
export function openFault(source: VideoSource, code: number, timeoutSeconds: number): PlateauError {
  const [errorCode, sentence] = describeOpen(source, code, timeoutSeconds);
  return new PlateauError(errorCode, `${source.label} ${sentence}`, { cause: new Error(errorText(code)) });
}

/** A transport that the server does not speak: worth another try with the other one. */
export function isTransportFault(code: number): boolean {
  return code === -93 || code === -43 || code === AVERROR_HTTP_OTHER_4XX || timedOut.has(code);
}

export function isRefusal(error: unknown): boolean {
  return error instanceof PlateauError && error.code === 'ERR_SOURCE_REFUSED';
}

/** Nothing came within the time that was set. */
export function silenceFault(source: VideoSource, seconds: number, phase: 'open' | 'read'): PlateauError {
  return phase === 'open'
    ? new PlateauError(
        'ERR_SOURCE_UNREACHABLE',
        `${source.label} did not answer within ${seconds} s: check that the camera is on and that address and port are right`,
      )
    : new PlateauError(
        'ERR_SOURCE_STALLED',
        `${source.label} sent nothing for ${seconds} s: check the camera and the network between`,
      );
}

/** A live source ended or broke. On a live source the end is a loss, whatever it looks like. */
export function lossFault(source: VideoSource, code: number): PlateauError {
  if (timedOut.has(code)) {
    return new PlateauError(
      'ERR_SOURCE_STALLED',
      `${source.label} stopped sending (${errorText(code)}): check the camera and the network between`,
    );
  }
  return new PlateauError(
    'ERR_SOURCE_LOST',
    `${source.label} was lost (${errorText(code)}): the camera closed the connection or the network broke`,
  );
}

function describeOpen(
  source: VideoSource,
  code: number,
  timeoutSeconds: number,
): readonly [ErrorCode, string] {
  if (code === AVERROR_HTTP_UNAUTHORIZED || code === AVERROR_HTTP_FORBIDDEN) {
    return [
      'ERR_SOURCE_REFUSED',
      'refused the user name or password: check both, and write @ : / # ? % in them as %40 %3A %2F %23 %3F %25',
    ];
  }
  if (source.kind === 'rtsp' || source.kind === 'http') return describeNetwork(source, code, timeoutSeconds);
  if (code === AVERROR_INVALIDDATA) {
    return source.kind === 'file'
      ? [
          'ERR_SOURCE_UNREADABLE',
          'is no video that can be read (no known format, or its index at the end is missing): check that it was recorded and copied to the end',
        ]
      : ['ERR_SOURCE_UNREADABLE', 'sends no video in a known format: check what it is'];
  }
  if (notAllowed.has(code)) return ['ERR_SOURCE_UNREADABLE', 'may not be read: check its rights'];
  if (noSuchThing.has(code)) return ['ERR_SOURCE_MISSING', 'is not there: check the path'];
  return ['ERR_SOURCE_UNREADABLE', `cannot be read (${errorText(code)}): check the file`];
}

function describeNetwork(
  source: VideoSource,
  code: number,
  timeoutSeconds: number,
): readonly [ErrorCode, string] {
  if (code === AVERROR_HTTP_NOT_FOUND) {
    return [
      'ERR_SOURCE_UNREACHABLE',
      'answers, but has no such stream (404): check the path behind the host',
    ];
  }
  if (code === AVERROR_HTTP_SERVER_ERROR) {
    return [
      'ERR_SOURCE_UNREACHABLE',
      'answers with a fault of its own (5xx): restart the camera or look at its log',
    ];
  }
  if (refusedConnection.has(code)) {
    return ['ERR_SOURCE_UNREACHABLE', 'refused the connection: check the port and that its server is on'];
  }
  if (unreachableHost.has(code)) {
    return ['ERR_SOURCE_UNREACHABLE', 'cannot be reached from this machine: check address and network'];
  }
  if (timedOut.has(code)) {
    return [
      'ERR_SOURCE_UNREACHABLE',
      `did not answer within ${timeoutSeconds} s: check that the camera is on and that address and port are right`,
    ];
  }
  if (isTransportFault(code)) {
    return [
      'ERR_SOURCE_UNREACHABLE',
      `does not offer this transport (${errorText(code)}): try transport auto, tcp or udp`,
    ];
  }
  return source.kind === 'rtsp'
    ? [
        'ERR_SOURCE_UNREACHABLE',
        `gives no usable answer (${errorText(code)}): check that an RTSP server listens at this port`,
      ]
    : [
        'ERR_SOURCE_UNREACHABLE',
        `gives no video (${errorText(code)}): check that the address leads to a video or MJPEG stream`,
      ];
}
