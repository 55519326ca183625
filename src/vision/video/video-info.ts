/** What is known of a source once it is open. */
import { AV_NOPTS_VALUE } from './ffmpeg.ts';
import type { OpenedStream } from './opened-stream.ts';
import { swapsSides } from './rotation.ts';
import { isLiveKind, type VideoSource } from './video-source.ts';

export interface VideoInfo {
  /** Live sources never end; their loss is an error. */
  readonly live: boolean;
  /** FFmpeg's name of the codec: `h264`. */
  readonly codec: string;
  /** FFmpeg's name of the container, `mov,mp4,m4a,3gp,3g2,mj2`; or `folder`. */
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

/** @param opened Of a recording or stream. */
export function describeStream(source: VideoSource, opened: OpenedStream): VideoInfo {
  const { container } = opened;
  const { durationSeconds } = container;
  const live = isLiveKind(source.kind) || (source.kind === 'http' && durationSeconds === undefined);
  const frameRate = live && isUntimed(container.formatName) ? undefined : frameRateOf(opened);
  const counted = container.stream.nbFrames;
  const estimated =
    durationSeconds === undefined || frameRate === undefined
      ? undefined
      : Math.round(durationSeconds * frameRate);
  return {
    ...pictureOf(opened),
    live,
    container: container.formatName,
    frameRate,
    durationSeconds: live ? undefined : durationSeconds,
    frameCountEstimate: live ? undefined : counted > 0n ? Number(counted) : estimated,
    transport: container.transport,
    label: source.label,
  };
}

/** @param first The first picture of a folder. @param count How many there are. */
export function describeFolder(
  folder: VideoSource,
  first: OpenedStream,
  count: number,
  frameRate: number,
): VideoInfo {
  return {
    ...pictureOf(first),
    live: false,
    container: 'folder',
    frameRate,
    durationSeconds: count / frameRate,
    frameCountEstimate: count,
    transport: undefined,
    label: folder.label,
  };
}

/** JPEGs one after another carry no time; FFmpeg would number them at 25 a second. */
export function isUntimed(formatName: string): boolean {
  return /jpeg/.test(formatName);
}

function pictureOf({ container, decoder, rotation }: OpenedStream) {
  const { width, height } = container.stream.codecpar;
  const turned = swapsSides(rotation);
  return {
    codec: decoder.codecName,
    width: turned ? height : width,
    height: turned ? width : height,
    rotationDegrees: rotation.degrees,
  };
}

function frameRateOf({ container: { stream } }: OpenedStream): number | undefined {
  // Bare streams without times get 25 as an average, whatever they hold; what is coded in them is right.
  const coded = stream.codecpar.frameRate;
  const isBare = stream.startTime === AV_NOPTS_VALUE && coded.num > 0;
  const chosen = isBare ? coded : stream.avgFrameRate;
  return chosen.num > 0 && chosen.den > 0 ? chosen.num / chosen.den : undefined;
}
