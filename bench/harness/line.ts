/** The line's own settings for a benchmark: as the command line makes them where no flag is given. */
import { recordingCapture } from '../../src/runtime/capture-settings.ts';
import { defaults } from '../../src/runtime/defaults.ts';
import type { CameraSettings, ModelSettings } from '../../src/runtime/settings.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';

export function modelSettings(file: string, threads: number = defaults.threads): ModelSettings {
  return {
    file,
    names: null,
    device: 'cpu',
    threads,
    confidence: defaults.confidence,
    className: null,
  };
}

/** @param policy `every`: a recording, each picture decided. `newest`: a camera in real time. Looped for ever. */
export function cameraSettings(name: string, source: string, policy: 'every' | 'newest'): CameraSettings {
  return {
    name,
    zones: [{ zone: wholePicture, blockage: defaults.blockage }],
    capture: recordingCapture(source, { policy, loop: true }),
  };
}
