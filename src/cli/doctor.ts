import { Command } from 'commander';
import { PlateauError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { liveCapture } from '../runtime/capture-settings.ts';
import { defaults } from '../runtime/defaults.ts';
import { Doctor, type DoctorReport, type DoctorSubject } from '../runtime/doctor.ts';
import type { CameraSettings } from '../runtime/settings.ts';
import { wholePicture } from '../runtime/whole-picture.ts';
import type { DecoderChoice } from '../vision/video/decoder-choice.ts';
import { loadConfig } from './load-config.ts';
import { cameraKeys, modelKeys, refuseReplacedFlags } from './refuse-replaced-flags.ts';
import { addModelOptions, decoderOption, type ModelOptions, modelSettings } from './shared-options.ts';
import { StopSignal } from './stop-signal.ts';

interface DoctorOptions extends ModelOptions {
  readonly config?: string;
  readonly decoder: DecoderChoice;
  readonly json?: boolean;
}

const examples = `
Examples:
  plateau doctor
  plateau doctor --model our-coal.onnx
  plateau doctor rtsp://user:password@10.0.0.5/stream1 chute.mp4
  plateau doctor --decoder vaapi chute.mp4
  plateau doctor --config plant.yaml --json`;

const signs = { ok: '✓', warning: '!', failed: '✗' } as const;

export function doctorCommand(): Command {
  return addModelOptions(new Command('doctor'))
    .description('checks machine, model and sources, and predicts memory, before anything is started')
    .argument('[source...]', 'cameras or files to open')
    .option('--config <file>', 'configuration file: its model and cameras are checked')
    .addOption(decoderOption())
    .option('--json', 'print the report as JSON')
    .addHelpText('after', examples)
    .action(doctor);
}

async function doctor(sources: string[], options: DoctorOptions, command: Command): Promise<void> {
  if (options.config !== undefined)
    // Sources named beside the configuration are decoded by whom the flag names.
    refuseReplacedFlags(
      command,
      options.config,
      sources.length > 0 ? modelKeys : { ...modelKeys, decoder: cameraKeys.decoder },
    );
  using stop = new StopSignal();
  const config = options.config === undefined ? undefined : await loadConfig(options.config, options.model);
  const model = config?.model ?? modelSettings(options);
  const cameras = [
    ...(config?.cameras ?? []),
    ...sources.map((source) => namedSource(source, options.decoder)),
  ];
  const subject = { model, cameras, budgetBytes: config?.memory.budgetBytes };
  const report = await examined(subject, stop.signal);
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
  else
    for (const { subject, status, text } of report.checks)
      process.stdout.write(`${signs[status]} ${subject.padEnd(8)} ${text}\n`);
  process.exitCode = report.exitCode;
}

/** @throws PlateauError ERR_NO_VERDICT when it was stopped. */
async function examined(subject: DoctorSubject, signal: AbortSignal): Promise<DoctorReport> {
  try {
    return await new Doctor().examine(subject, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const stopped = 'The checks were stopped before their end, so there is no verdict; run them again.';
    throw new PlateauError('ERR_NO_VERDICT', stopped, { cause: error });
  }
}

/** A source of the command line: nothing is watched in it but its whole picture. */
function namedSource(source: string, decoder: DecoderChoice): CameraSettings {
  const zones = [{ zone: wholePicture, blockage: defaults.blockage }];
  return { name: maskSecrets(source), zones, capture: liveCapture(source, { decoder }) };
}
