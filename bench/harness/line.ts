/** The line's own settings for a benchmark: as the command line makes them where no flag is given. */
import { defaults } from '../../src/runtime/defaults.ts';
import type { CameraSettings, ModelSettings } from '../../src/runtime/settings.ts';

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
  const points = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const;
  return {
    name,
    zones: [{ zone: { name: defaults.zoneName, points, space: 'fractions' }, blockage: defaults.blockage }],
    capture: {
      source,
      policy,
      loop: true,
      transport: 'auto',
      timeoutSeconds: defaults.timeoutSeconds,
      stallSeconds: defaults.stallSeconds,
      intervalSeconds: 0,
      stride: 1,
      crop: defaults.crop,
      output: null,
      exportLabels: null,
    },
  };
}
