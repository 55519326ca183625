import { defaults } from './defaults.ts';
import type { CaptureSettings } from './thread-protocol.ts';

/** A recording: every due picture is decided, the reader waits for the model. */
export function recordingCapture(source: string, changes: Partial<CaptureSettings> = {}): CaptureSettings {
  return {
    source,
    policy: 'every',
    loop: false,
    transport: 'auto',
    decoder: defaults.decoder,
    timeoutSeconds: defaults.timeoutSeconds,
    stallSeconds: defaults.stallSeconds,
    intervalSeconds: 0,
    stride: 1,
    crop: defaults.crop,
    output: null,
    exportLabels: null,
    ...changes,
  };
}

/** A camera, or a recording played in real time and looped: the newest picture wins. */
export function liveCapture(source: string, changes: Partial<CaptureSettings> = {}): CaptureSettings {
  return recordingCapture(source, { policy: 'newest', loop: true, ...changes });
}
