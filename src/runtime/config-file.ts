import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { checkBlockageSettings } from '../alarms/blockage-settings.ts';
import { PlateauError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { decoderChoices } from '../vision/video/decoder-choice.ts';
import { PolygonZone } from '../vision/zones/polygon-zone.ts';
import { liveCapture } from './capture-settings.ts';
import { defaults } from './defaults.ts';
import { memorySettings, toBytes } from './memory-settings.ts';
import { parseConfigFile } from './parse-config-file.ts';
import {
  type CameraSettings,
  type MemorySettings,
  type ModelSettings,
  mostThreads,
  type ZoneSettings,
} from './settings.ts';
import { wholePicture } from './whole-picture.ts';

const { blockage } = defaults;
const fraction = z.number().min(0).max(1);
const seconds = z.number().min(0).max(86_400);
const megabytes = z.number().min(1).max(1_048_576);
/** Spaces around it are no part of it, as in a zone of the command line. Some cameras are called by their address. */
const name = z.string().trim().min(1, 'a name is needed').max(100).transform(maskSecrets);

const zoneSchema = z.strictObject({
  name,
  points: z.array(z.tuple([z.number(), z.number()])).min(3),
  /** `pixels` as players show the picture, or `fractions`; by default fractions when all lie within 0..1. */
  space: z.enum(['pixels', 'fractions']).optional(),
  drawnFor: z.tuple([z.int().positive(), z.int().positive()]).optional(),
  on: fraction.default(blockage.onCoverage),
  off: fraction.default(blockage.offCoverage),
  onDelaySeconds: seconds.default(blockage.onDelaySeconds),
  offDelaySeconds: seconds.default(blockage.offDelaySeconds),
  smoothSeconds: seconds.default(blockage.smoothSeconds),
});

const cameraSchema = z.strictObject({
  name,
  url: z.string().min(1),
  transport: z.enum(['auto', 'tcp', 'udp']).default('auto'),
  /** Who decodes; software where what is named cannot. */
  decoder: z.enum(decoderChoices).default(defaults.decoder),
  intervalSeconds: seconds.default(0),
  /** Show the model the surroundings of the zones only: a small zone gets all of its pixels. */
  crop: z.boolean().default(defaults.crop),
  timeoutSeconds: z.number().min(1).max(60).default(defaults.timeoutSeconds),
  stallSeconds: z.number().min(1).max(600).default(defaults.stallSeconds),
  /** The most that this camera may hold; no limit of its own without it. */
  memoryMegabytes: megabytes.optional(),
  zones: z.array(zoneSchema).max(32).default([]),
});

const configSchema = z.strictObject({
  model: z
    .strictObject({
      file: z.string().min(1).optional(),
      names: z.array(z.string()).optional(),
      class: z.string().optional(),
      confidence: z.number().gt(0).lt(1).default(defaults.confidence),
      device: z.enum(['auto', 'cpu', 'webgpu', 'cuda']).default('auto'),
      /** By measurement at the start where it is not given. */
      threads: z.int().min(1).max(mostThreads).optional(),
      /** A hard cap on what ONNX Runtime takes on the CPU; none without it. */
      memoryMegabytes: megabytes.optional(),
    })
    .prefault({}),
  memory: z
    .strictObject({
      /** The most that all cameras may hold together; no limit without it. */
      budgetMegabytes: megabytes.optional(),
      leakLevel: z.enum(['off', 'simple', 'paranoid']).default(defaults.leakLevel),
    })
    .prefault({}),
  cameras: z.array(cameraSchema).min(1).max(64),
});

/** A configuration, checked and with every default filled in. */
export interface Config {
  readonly model: ModelSettings;
  readonly cameras: readonly CameraSettings[];
  readonly memory: MemorySettings;
}

/**
 * Reads a YAML or JSON configuration. Paths in it are taken from the file's own folder.
 *
 * @param defaultModel Model where the file names none.
 * @throws PlateauError ERR_CONFIG naming the file and the key, such as `cameras[0].url`.
 */
export function readConfig(file: string, defaultModel: string): Config {
  const parsed = configSchema.safeParse(parseConfigFile(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PlateauError(
      'ERR_CONFIG',
      `${file}: ${keyPath(issue.path)}: ${issue.message}; correct it and start again.`,
    );
  }
  const { model, cameras, memory } = parsed.data;
  refuseSameNames(cameras, `${file}: cameras`, 'camera');
  for (const [index, { zones }] of cameras.entries())
    refuseSameNames(zones, `${file}: cameras[${index}].zones`, 'zone of this camera');
  const folder = dirname(resolve(file));
  return {
    model: {
      file: model.file === undefined ? defaultModel : resolve(folder, model.file),
      names: model.names ?? null,
      device: model.device,
      threads: model.threads ?? null,
      confidence: model.confidence,
      className: model.class ?? null,
      memoryLimitBytes: toBytes(model.memoryMegabytes),
    },
    memory: memorySettings(memory.leakLevel, memory.budgetMegabytes),
    cameras: cameras.map((camera, index) => cameraSettings(camera, folder, `${file}: cameras[${index}]`)),
  };
}

/** A name tells cameras, or one camera's zones, apart: in reports, events and metrics. */
function refuseSameNames(named: readonly { readonly name: string }[], place: string, what: string): void {
  const names = named.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice < 0) return;
  throw new PlateauError(
    'ERR_CONFIG',
    `${place}[${twice}].name: ${JSON.stringify(names[twice])} is taken by another ${what}; give each its own.`,
  );
}

function cameraSettings(
  camera: z.output<typeof cameraSchema>,
  folder: string,
  place: string,
): CameraSettings {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(camera.url) || camera.url.startsWith('/dev/');
  return {
    name: camera.name,
    memoryBudgetBytes: toBytes(camera.memoryMegabytes),
    zones:
      camera.zones.length === 0
        ? [{ zone: wholePicture, blockage }]
        : camera.zones.map((zone, index) => zoneSettings(zone, `${place}.zones[${index}]`)),
    capture: liveCapture(isAddress ? camera.url : resolve(folder, camera.url), {
      transport: camera.transport,
      decoder: camera.decoder,
      timeoutSeconds: camera.timeoutSeconds,
      stallSeconds: camera.stallSeconds,
      intervalSeconds: camera.intervalSeconds,
      crop: camera.crop,
    }),
  };
}

function zoneSettings(zone: z.output<typeof zoneSchema>, place: string): ZoneSettings {
  const { name, points, drawnFor } = zone;
  const within = points.every((point) => point.every((value) => value >= 0 && value <= 1));
  const definition = {
    name,
    points,
    drawnFor,
    space: zone.space ?? (within ? 'fractions' : 'pixels'),
  } as const;
  const settings = {
    onCoverage: zone.on,
    offCoverage: zone.off,
    onDelaySeconds: zone.onDelaySeconds,
    offDelaySeconds: zone.offDelaySeconds,
    smoothSeconds: zone.smoothSeconds,
  };
  try {
    new PolygonZone(definition);
    checkBlockageSettings(settings);
  } catch (error) {
    const { message } = error as Error;
    // A zone says what to do; settings are also the library's, whose callers know theirs.
    const remedy = error instanceof PlateauError ? '' : '; correct it and start again.';
    throw new PlateauError('ERR_CONFIG', `${place}: ${message}${remedy}`, { cause: error });
  }
  return { zone: definition, blockage: settings };
}

/** `cameras[0].url` of the parts of a path. */
function keyPath(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}
