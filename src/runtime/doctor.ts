import { cpus, totalmem } from 'node:os';
import { readAllowedCpus, readMemoryLimit } from '@plateau/memory';
import { PlateauError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';
import type { DecoderChoice } from '../vision/video/decoder-choice.ts';
import { ffmpegBuild } from '../vision/video/ffmpeg-build.ts';
import { hardwareDevices } from '../vision/video/hardware-devices.ts';
import { VideoCapture } from '../vision/video/video-capture.ts';
import { inputSizeFor } from '../vision/yolo/input-size.ts';
import type { ModelDescription } from '../vision/yolo/model-description.ts';
import { checkBudgets, type ExaminedCamera } from './check-budgets.ts';
import { checkZones } from './check-zones.ts';
import { defaults } from './defaults.ts';
import { measuredClassId } from './measured-class.ts';
import { forecastMemory, type MemoryForecast } from './memory-forecast.ts';
import { openModel, threadsText } from './open-model.ts';
import type { CameraSettings, ModelSettings } from './settings.ts';
import type { SourceInfo } from './thread-protocol.ts';

/** One thing that was looked at. */
export interface DoctorCheck {
  readonly subject: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly text: string;
}

export interface DoctorReport {
  readonly schema: 'plateau.doctor/1';
  readonly checks: readonly DoctorCheck[];
  readonly model: ModelDescription | null;
  readonly sources: readonly SourceInfo[];
  readonly memory: (MemoryForecast & { readonly limitBytes: number; readonly limitOrigin: string }) | null;
  /** Exit code of the gravest failure; 0 where there is none. */
  readonly exitCode: number;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

/** What is looked at: all that a monitor would start with. */
export interface DoctorSubject {
  readonly model: ModelSettings;
  readonly cameras: readonly CameraSettings[];
  /** The most that all cameras may hold together; absent: no limit. */
  readonly budgetBytes?: number | undefined;
}

/** Looks at machine, model and sources, and foretells memory, before anything is started. */
export class Doctor {
  readonly #checks: DoctorCheck[] = [];
  readonly #cameras: ExaminedCamera[] = [];
  #exitCode = 0;

  async examine({ model, cameras, budgetBytes }: DoctorSubject, signal: AbortSignal): Promise<DoctorReport> {
    this.#machine();
    const description = await this.#model(model);
    for (const settings of cameras) {
      const info = await this.#source(settings, description, signal);
      this.#cameras.push({ settings, info });
    }
    const memory = description === null ? null : this.#memory(description, Math.max(1, cameras.length));
    if (description !== null)
      for (const error of checkBudgets(this.#cameras, description.input, budgetBytes))
        this.#fail('memory', error);
    return {
      schema: 'plateau.doctor/1',
      checks: this.#checks,
      model: description,
      sources: this.#sources,
      memory,
      exitCode: this.#exitCode,
    };
  }

  get #sources(): SourceInfo[] {
    return this.#cameras.flatMap(({ info }) => info ?? []);
  }

  #machine(): void {
    const allowed = readAllowedCpus();
    const model = cpus()[0]?.model ?? 'unknown processor';
    this.#say(
      'machine',
      'ok',
      `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${allowed} of ${cpus().length} processors allowed (${model}), ${megabytes(totalmem())} of memory`,
    );
    const { version, licence, hasH264Encoder } = ffmpegBuild();
    this.#say('ffmpeg', 'ok', `${version}; ${licence}`);
    if (!hasH264Encoder)
      this.#say('ffmpeg', 'warning', 'this build has no libx264: annotated videos are written as VP9');
    this.#hardware();
  }

  async #model(settings: ModelSettings): Promise<ModelDescription | null> {
    try {
      const { file, names, device, threads, memoryLimitBytes } = settings;
      const { yolo, model } = await openModel(file, {
        device,
        threads,
        memoryLimitBytes,
        names: names ?? undefined,
      });
      await using _open = yolo;
      measuredClassId(model.classes, settings.className);
      this.#say(
        'model',
        'ok',
        `${file}: ${model.layoutText}, input ${model.input.join('x')}${model.dynamic ? ' (of open size: each source gets a shape of its own)' : ''}, classes ${model.classes.slice(0, 8).join(', ')}${model.classes.length > 8 ? ' ...' : ''}, ${model.device}, ${threadsText(model)}, ${model.runMilliseconds.toFixed(1)} ms a run`,
      );
      for (const warning of model.warnings) this.#say('model', 'warning', warning);
      return model;
    } catch (error) {
      this.#fail('model', error);
      return null;
    }
  }

  /** @returns What the source says of itself; `undefined` where it cannot be used. */
  async #source(
    camera: CameraSettings,
    model: ModelDescription | null,
    signal: AbortSignal,
  ): Promise<SourceInfo | undefined> {
    const { source, decoder, transport, timeoutSeconds } = camera.capture;
    const label = maskSecrets(source);
    try {
      await using capture = await VideoCapture.open(source, {
        signal,
        decoder,
        transport,
        timeoutSeconds,
      });
      const frame = await capture.read();
      if (frame === undefined)
        throw new PlateauError('ERR_SOURCE_NO_FRAMES', `${label} holds no picture that can be decoded.`);
      const { info } = capture;
      const shape =
        model?.dynamic === true
          ? `; the model runs it at ${inputSizeFor(model, frame.width, frame.height).join('x')} (height x width)`
          : '';
      const length = info.durationSeconds === undefined ? '' : `, ${info.durationSeconds.toFixed(1)} s`;
      this.#say(
        'source',
        'ok',
        `${label}: ${info.codec} ${info.width}x${info.height}${info.rotationDegrees === 0 ? '' : `, turned by ${info.rotationDegrees} degrees`}${info.frameRate === undefined ? '' : `, ${info.frameRate.toFixed(2)} pictures/s`}${length}${shape}`,
      );
      this.#decoder(capture.softwareReason, decoder, label);
      this.#zones(camera, frame.width, frame.height, model);
      return info;
    } catch (error) {
      this.#fail('source', error);
      return undefined;
    }
  }

  #zones(camera: CameraSettings, width: number, height: number, model: ModelDescription | null): void {
    const { errors, warnings } = checkZones(camera, width, height, model);
    for (const error of errors) this.#fail('zone', error, `${camera.name}: `);
    for (const warning of warnings) this.#say('zone', 'warning', `${camera.name}: ${warning}`);
  }

  /** Which devices there are. That one opens does not show that it decodes: a source with `--decoder` does. */
  #hardware(): void {
    const devices = hardwareDevices();
    const found = devices.filter(({ files, refusal }) => files.length > 0 || refusal === null);
    if (found.length === 0) {
      this.#say(
        'decoder',
        'ok',
        `software; no device for hardware decoding was found (${devices.map(({ kind }) => kind).join(', ')}), so it is unverified here`,
      );
      return;
    }
    const told = found.map(
      ({ kind, files, refusal }) =>
        `${kind}${files.length === 0 ? '' : ` (${files.join(', ')})`} ${refusal === null ? 'is there, unverified until it has decoded a source: doctor --decoder NAME SOURCE' : `cannot be used: ${refusal}`}`,
    );
    this.#say('decoder', 'ok', `software by default; ${told.join('; ')}`);
  }

  #decoder(softwareReason: string | null, decoder: DecoderChoice, label: string): void {
    if (softwareReason !== null) this.#say('decoder', 'warning', softwareReason);
    else if (decoder !== 'software') this.#say('decoder', 'ok', `${label}: ${decoder} has decoded a picture`);
  }

  #memory(model: ModelDescription, cameras: number): DoctorReport['memory'] {
    const limit = readMemoryLimit();
    const sizes = this.#sources.map(({ width, height }) => [width, height] as const);
    const known = sizes.toSorted((a, b) => b[0] * b[1] - a[0] * a[1])[0];
    const largest = known ?? [1280, 720];
    const size = `${largest.join('x')}${known === undefined ? ', a guess since none was opened' : ''}`;
    const forecast = forecastMemory(model.byteLength, model.input, largest, cameras, defaults.ringSlots);
    const limitBytes = limit.limitBytes ?? limit.machineBytes;
    const limitOrigin = limit.limitBytes === undefined ? 'the machine' : limit.limitOrigin;
    const text = `about ${megabytes(forecast.totalBytes)} for ${cameras === 1 ? '1 camera' : `${cameras} cameras`} of ${size} (${megabytes(forecast.perCameraBytes)} each) within ${megabytes(limitBytes)} (${limitOrigin})`;
    if (forecast.totalBytes <= limitBytes) this.#say('memory', 'ok', text);
    else
      this.#fail(
        'memory',
        new PlateauError('ERR_CONFIG', `${text}: take fewer cameras, a smaller model or more memory.`),
      );
    return { ...forecast, limitBytes, limitOrigin };
  }

  #say(subject: string, status: DoctorCheck['status'], text: string): void {
    this.#checks.push({ subject, status, text });
  }

  /** @param where What stands ahead of the sentence, which names no camera by itself. */
  #fail(subject: string, error: unknown, where = ''): void {
    if (!(error instanceof PlateauError)) throw error;
    this.#say(subject, 'failed', maskSecrets(`${where}${error.message}`));
    this.#exitCode = Math.max(this.#exitCode, error.exitCode);
  }
}
