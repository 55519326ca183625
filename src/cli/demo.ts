import { readFileSync } from 'node:fs';
import { liveCapture } from '../runtime/capture-settings.ts';
import type { Config } from '../runtime/config-file.ts';
import { toBytes } from '../runtime/memory-settings.ts';
import { modelSettings, type SharedOptions, sharedCapture, zoneSettings } from './shared-options.ts';
import { shippedFile } from './shipped-files.ts';

/** What lies beside the demo's clip. */
interface DemoScene {
  readonly zone: { readonly name: string; readonly points: readonly [number, number][] };
}

/** The shipped demo: a chute that fills, jams and clears, looped in real time. @param cameraMemory Megabytes. */
export function demoSource(options: SharedOptions, cameraMemory?: number): Omit<Config, 'memory'> {
  const scene = JSON.parse(readFileSync(shippedFile('demo/chute.json'), 'utf8')) as DemoScene;
  const { name, points } = scene.zone;
  const [first] = zoneSettings({ ...options, zone: [] });
  return {
    model: modelSettings(options),
    cameras: [
      {
        name: 'demo',
        memoryBudgetBytes: toBytes(cameraMemory),
        zones: [{ ...first, zone: { name, points, space: 'fractions' } }],
        capture: liveCapture(shippedFile('demo/chute.mp4'), sharedCapture(options)),
      },
    ],
  };
}
