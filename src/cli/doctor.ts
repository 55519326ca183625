import { Command } from 'commander';
import { Doctor } from '../runtime/doctor.ts';
import type { DecoderChoice } from '../vision/video/decoder-choice.ts';
import { loadConfig } from './load-config.ts';
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

async function doctor(sources: string[], options: DoctorOptions): Promise<void> {
  using stop = new StopSignal();
  const config = options.config === undefined ? undefined : await loadConfig(options.config, options.model);
  const model = config?.model ?? modelSettings(options);
  const { decoder } = options;
  const all = [
    ...(config?.cameras.map(({ capture }) => capture) ?? []),
    ...sources.map((source) => ({ source, decoder })),
  ];
  const report = await new Doctor().examine(model, all, stop.signal);
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
  else
    for (const { subject, status, text } of report.checks)
      process.stdout.write(`${signs[status]} ${subject.padEnd(8)} ${text}\n`);
  process.exitCode = report.exitCode;
}
