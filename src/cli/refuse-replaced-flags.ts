import type { Command } from 'commander';
import { PlateauError } from '../errors.ts';

/** Flags of the model, by the name of their option: what a configuration says in their place. */
export const modelKeys = {
  class: 'model.class',
  names: 'model.names',
  confidence: 'model.confidence',
  device: 'model.device',
  threads: 'model.threads',
  modelMemory: 'model.memoryMegabytes',
} as const;

/** Flags of sources named on the command line. */
export const cameraKeys = {
  zone: 'cameras[].zones',
  on: 'cameras[].zones[].on',
  off: 'cameras[].zones[].off',
  onDelay: 'cameras[].zones[].onDelaySeconds',
  offDelay: 'cameras[].zones[].offDelaySeconds',
  smooth: 'cameras[].zones[].smoothSeconds',
  interval: 'cameras[].intervalSeconds',
  crop: 'cameras[].crop',
  decoder: 'cameras[].decoder',
} as const;

/** Flags of memory, which only `start` has. */
export const memoryKeys = {
  memoryBudget: 'memory.budgetMegabytes',
  cameraMemory: 'cameras[].memoryMegabytes',
  leakLevel: 'memory.leakLevel',
} as const;

/**
 * A flag that a configuration takes the place of would have no effect, and whoever gave it believes that it has.
 *
 * @param keys The configuration's key for each option that it replaces.
 * @throws PlateauError ERR_USAGE naming the flags and the keys.
 */
export function refuseReplacedFlags(
  command: Command,
  config: string,
  keys: Readonly<Record<string, string>>,
): void {
  const given = command.options
    .map((option) => ({ flag: option.long, name: option.attributeName() }))
    .filter(({ name }) => Object.hasOwn(keys, name) && command.getOptionValueSource(name) === 'cli');
  if (given.length === 0) return;
  throw new PlateauError(
    'ERR_USAGE',
    `${given.map(({ flag }) => flag).join(', ')} cannot stand beside --config: set ${given.map(({ name }) => keys[name]).join(', ')} in ${config} instead.`,
  );
}
