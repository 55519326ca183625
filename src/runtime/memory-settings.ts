import type { LeakLevel } from '@plateau/memory';
import { defaults } from './defaults.ts';
import type { MemorySettings } from './settings.ts';

/** How memory is bounded and watched. @param budgetMegabytes Of all cameras; absent: no limit. */
export function memorySettings(
  leakLevel: LeakLevel = defaults.leakLevel,
  budgetMegabytes?: number,
): MemorySettings {
  return {
    leakLevel,
    budgetBytes: toBytes(budgetMegabytes),
    mistakeCheckSeconds:
      leakLevel === 'paranoid' ? defaults.mistakeCheckSecondsParanoid : defaults.mistakeCheckSeconds,
  };
}

/** Megabytes of 2^20 bytes, as people write them, in bytes. */
export function toBytes(megabytes: number | undefined): number | undefined {
  return megabytes === undefined ? undefined : Math.round(megabytes * 2 ** 20);
}
