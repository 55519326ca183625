import type { LeakLevel } from '@plateau/memory';
import type { BlockageSettings } from '../alarms/blockage-settings.ts';
import type { ZoneDefinition } from '../vision/zones/polygon-zone.ts';
import type { CaptureSettings } from './thread-protocol.ts';

/** The most threads that a model may be given: more than any is faster with, and no machine starts thousands in time. */
export const mostThreads = 64;

export interface ModelSettings {
  readonly file: string;
  /** Class names for a file without metadata, in the model's order. */
  readonly names: readonly string[] | null;
  readonly device: 'auto' | 'cpu' | 'webgpu' | 'cuda';
  /** Threads inside the runtime; `null` measures at the start how many are worth it. */
  readonly threads: number | null;
  readonly confidence: number;
  /** Class that is measured; `null` lets the model's only class, or `coal`, be it. */
  readonly className: string | null;
  /** A hard cap on what the runtime takes on the CPU; absent: none. */
  readonly memoryLimitBytes?: number | undefined;
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
  /** The most that this camera may hold: its ring, its decoder, pictures for people. Absent: no limit of its own. */
  readonly memoryBudgetBytes?: number | undefined;
}

/** How memory is bounded and watched. */
export interface MemorySettings {
  /** The most that all cameras may hold together; absent: no limit. */
  readonly budgetBytes?: number | undefined;
  readonly leakLevel: LeakLevel;
  /** Seconds between two looks for mistakes with memory. */
  readonly mistakeCheckSeconds: number;
}
