import type { BlockageSettings } from '../alarms/blockage-settings.ts';
import type { ZoneDefinition } from '../vision/zones/polygon-zone.ts';
import type { CaptureSettings } from './thread-protocol.ts';

export interface ModelSettings {
  readonly file: string;
  /** Class names for a file without metadata, in the model's order. */
  readonly names: readonly string[] | null;
  readonly device: 'auto' | 'cpu' | 'webgpu' | 'cuda';
  readonly threads: number;
  readonly confidence: number;
  /** Class that is measured; `null` lets the model's only class, or `coal`, be it. */
  readonly className: string | null;
}

/** A zone and when it counts as blocked. */
export interface ZoneSettings {
  readonly zone: ZoneDefinition;
  readonly blockage: BlockageSettings;
}

export interface CameraSettings {
  readonly name: string;
  readonly capture: CaptureSettings;
  readonly zones: readonly ZoneSettings[];
}
