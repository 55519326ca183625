import { setImmediate as nextTurn } from 'node:timers/promises';
import { VideoCapture, type VideoCounters, type VideoInfo } from '../vision/video/video-capture.ts';
import type { BusyTime } from './busy-time.ts';
import type { FramePublisher } from './frame-publisher.ts';
import type { CaptureSettings } from './thread-protocol.ts';

export interface RecordingListener {
  onOpened(info: VideoInfo): void;
  onCounters(counters: VideoCounters): void;
}

/** What is known of a recording once it has been read. */
export interface RecordingEnd {
  /** Source time at which the file ended before its container says, or `null`. */
  readonly truncatedAt: number | null;
  /** Damage, moved times, changes of size: a sentence each. */
  readonly warnings: readonly string[];
}

/** Longest stretch of synchronous decoding without a look at the messages, milliseconds. */
const longestStretchMilliseconds = 40;

/**
 * Reads a recording from its first picture to its last; every due picture is decided, so the reader waits for the
 * model.
 *
 * @throws PlateauError when the source cannot be used; the signal's reason.
 */
export async function captureRecording(
  camera: string,
  settings: CaptureSettings,
  publisher: FramePublisher,
  busy: BusyTime,
  listener: RecordingListener,
  signal: AbortSignal,
): Promise<RecordingEnd> {
  const { source, timeoutSeconds, transport, decoder, loop } = settings;
  await using capture = await VideoCapture.open(source, {
    camera,
    signal,
    timeoutSeconds,
    transport,
    decoder,
    loop,
  });
  listener.onOpened(capture.info);
  let stretchBegan = performance.now();
  while (!signal.aborted) {
    const started = busy.now();
    // A picture that is there without waiting costs no promise.
    const read = capture.readNow();
    const frame = read instanceof Promise ? await read : read;
    busy.since('decode', started);
    listener.onCounters(capture.counters);
    if (frame === undefined) break;
    const waiting = publisher.insist(frame, signal);
    if (waiting !== undefined) await waiting;
    if (performance.now() - stretchBegan < longestStretchMilliseconds) continue;
    await nextTurn();
    stretchBegan = performance.now();
  }
  return { truncatedAt: capture.truncatedAt, warnings: capture.warnings };
}
