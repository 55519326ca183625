import { type Command, InvalidArgumentError, Option } from 'commander';
import { checkBlockageSettings } from '../alarms/blockage-settings.ts';
import { PlateauError } from '../errors.ts';
import { defaults } from '../runtime/defaults.ts';
import { toBytes } from '../runtime/memory-settings.ts';
import { type ModelSettings, mostThreads, type ZoneSettings } from '../runtime/settings.ts';
import type { CaptureSettings } from '../runtime/thread-protocol.ts';
import { wholePicture } from '../runtime/whole-picture.ts';
import { type DecoderChoice, decoderChoices } from '../vision/video/decoder-choice.ts';
import { parseZone } from '../vision/zones/parse-zone.ts';
import { defaultModelFile } from './shipped-files.ts';

/** The flags that name a model and how it runs. */
export interface ModelOptions {
  readonly model?: string;
  readonly class?: string;
  readonly names?: string;
  readonly confidence: number;
  readonly device: ModelSettings['device'];
  readonly threads?: number;
  /** Megabytes. */
  readonly modelMemory?: number;
}

/** The flags that `analyze` and `start` share, with the same defaults. */
export interface SharedOptions extends ModelOptions {
  readonly zone: readonly string[];
  readonly on: number;
  readonly off: number;
  readonly onDelay: number;
  readonly offDelay: number;
  readonly smooth: number;
  readonly interval: number;
  readonly stride: number;
  readonly crop: boolean;
  readonly decoder: DecoderChoice;
  readonly config?: string;
}

export function numberOption(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number is needed');
  return value;
}

/** A share of a whole. A percentage, meant as such, would never be reached. */
export function shareOption(text: string): number {
  const value = numberOption(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('a share from 0 to 1 is needed');
  return value;
}

export function countOption(text: string): number {
  const value = numberOption(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('a whole number from 1 is needed');
  return value;
}

export function threadsOption(text: string): number {
  const value = countOption(text);
  if (value > mostThreads)
    throw new InvalidArgumentError(`a whole number from 1 to ${mostThreads} is needed`);
  return value;
}

export function portOption(text: string): number {
  const value = numberOption(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a whole number from 0 to 65535 is needed');
  return value;
}

/** Megabytes, at least one. */
export function megabytesOption(text: string): number {
  const value = numberOption(text);
  if (value < 1) throw new InvalidArgumentError('a number of megabytes from 1 is needed');
  return value;
}

function deviceOption(text: string): ModelSettings['device'] {
  if (text === 'auto' || text === 'cpu' || text === 'webgpu' || text === 'cuda') return text;
  throw new InvalidArgumentError('auto, cpu, webgpu or cuda is needed');
}

const { blockage } = defaults;

export function addModelOptions(command: Command): Command {
  return command
    .option('--model <file.onnx>', 'YOLO segmentation model (default: the demo model)')
    .option('--class <name>', "class to measure (default: the model's only class, or coal)")
    .option('--names <a,b,c>', 'class names for a model without metadata')
    .option(
      '--confidence <0..1>',
      'lowest score of a detection that counts',
      numberOption,
      defaults.confidence,
    )
    .option('--device <device>', 'auto, cpu, webgpu or cuda', deviceOption, 'auto')
    .option('--threads <n>', 'threads of the inference (default: measured at the start)', threadsOption)
    .option(
      '--model-memory <MB>',
      'hard cap on the memory of the runtime, CPU only (default: none)',
      megabytesOption,
    );
}

export function addSharedOptions(command: Command): Command {
  return addModelOptions(command)
    .option(
      '--zone <name=x,y ...>',
      'zone to watch, e.g. "chute=100,50 400,50 400,300"; pixels as players show the picture, or fractions when all are within 0..1; repeatable (default: the whole picture)',
      collect,
      [],
    )
    .option('--on <0..1>', 'coverage from which a zone is blocked', numberOption, blockage.onCoverage)
    .option('--off <0..1>', 'coverage below which it is cleared', numberOption, blockage.offCoverage)
    .option('--on-delay <seconds>', 'time above --on before the alarm', numberOption, blockage.onDelaySeconds)
    .option(
      '--off-delay <seconds>',
      'time below --off before it clears',
      numberOption,
      blockage.offDelaySeconds,
    )
    .option(
      '--smooth <seconds>',
      'running median ahead of the thresholds, 0 is off',
      numberOption,
      blockage.smoothSeconds,
    )
    .option('--interval <seconds>', 'time between decisions (default: every picture)', numberOption, 0)
    .option('--stride <n>', 'decide every n-th picture', countOption, 1)
    .option(
      '--crop',
      'show the model the surroundings of the zones only: a small zone gets all of its pixels',
      defaults.crop,
    )
    .addOption(decoderOption())
    .option('--config <file>', 'configuration file (YAML or JSON) instead of the flags');
}

/** The flag that says who decodes; `doctor` has it as well. */
export function decoderOption(): Option {
  return new Option('--decoder <kind>', 'who decodes; software where the hardware named cannot')
    .choices(decoderChoices)
    .default(defaults.decoder);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** @throws PlateauError ERR_USAGE naming the flag. */
export function modelSettings(options: ModelOptions): ModelSettings {
  if (!(options.confidence > 0 && options.confidence < 1)) {
    throw new PlateauError(
      'ERR_USAGE',
      `--confidence must lie between 0 and 1, and is ${options.confidence}.`,
    );
  }
  return {
    file: options.model ?? defaultModelFile(),
    names: options.names === undefined ? null : options.names.split(',').map((name) => name.trim()),
    device: options.device,
    threads: options.threads ?? null,
    confidence: options.confidence,
    className: options.class ?? null,
    memoryLimitBytes: toBytes(options.modelMemory),
  };
}

/** How pictures are taken, as far as `analyze` and `start` share it. */
export function sharedCapture({ interval, stride, crop, decoder }: SharedOptions): Partial<CaptureSettings> {
  return { intervalSeconds: interval, stride, crop, decoder };
}

/** @throws PlateauError ERR_USAGE or ERR_ZONE_INVALID naming the flag or the zone. */
export function zoneSettings(options: SharedOptions): readonly ZoneSettings[] {
  const settings = {
    onCoverage: options.on,
    offCoverage: options.off,
    onDelaySeconds: options.onDelay,
    offDelaySeconds: options.offDelay,
    smoothSeconds: options.smooth,
  };
  try {
    checkBlockageSettings(settings);
  } catch (error) {
    throw new PlateauError(
      'ERR_USAGE',
      `${(error as RangeError).message} (--on, --off, --on-delay, --off-delay, --smooth).`,
      { cause: error },
    );
  }
  if (!(options.interval >= 0))
    throw new PlateauError('ERR_USAGE', `--interval must be 0 or more seconds, and is ${options.interval}.`);
  if (options.zone.length === 0) return [{ zone: wholePicture, blockage: settings }];
  const zones = options.zone.map((text) => ({ zone: parseZone(text), blockage: settings }));
  const names = zones.map(({ zone }) => zone.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new PlateauError(
      'ERR_ZONE_INVALID',
      `Two zones are called ${JSON.stringify(twice)}; give each --zone a name of its own.`,
    );
  return zones;
}
