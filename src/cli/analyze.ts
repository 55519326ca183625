import { basename } from 'node:path';
import { Command } from 'commander';
import { PlateauError } from '../errors.ts';
import { type AnalysisOutcome, analyzeRecordings } from '../runtime/analyze-recordings.ts';
import { recordingCapture } from '../runtime/capture-settings.ts';
import { defaults } from '../runtime/defaults.ts';
import type { ModelSettings, ZoneSettings } from '../runtime/settings.ts';
import type { DecoderChoice } from '../vision/video/decoder-choice.ts';
import { analysisSummary } from './analysis-summary.ts';
import { loadConfig } from './load-config.ts';
import { ProgressLine } from './progress-line.ts';
import { refuseOwnInput } from './refuse-own-input.ts';
import { reportFailure } from './report-failure.ts';
import {
  addSharedOptions,
  modelSettings,
  type SharedOptions,
  sharedCapture,
  zoneSettings,
} from './shared-options.ts';
import { StopSignal } from './stop-signal.ts';
import { refuseUnwritable, writeReport } from './write-report.ts';

interface AnalyzeOptions extends SharedOptions {
  readonly output?: string;
  readonly report?: string;
  readonly camera?: string;
  readonly exportLabels?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  plateau analyze chute.mp4
  plateau analyze chute.mp4 --zone "chute=0.2,0.1 0.8,0.1 0.7,0.9 0.3,0.9" --report chute.json
  plateau analyze monday.mp4 tuesday.mp4 --interval 1 --model our-coal.onnx --class coal
  plateau analyze chute.mp4 --output annotated.mp4
  plateau analyze chute.mp4 --export-labels our-data`;

export function analyzeCommand(): Command {
  return addSharedOptions(new Command('analyze'))
    .description('analyses recordings as fast as the machine allows')
    .argument('<video...>', 'files or folders of pictures')
    .option('--output <file.mp4>', 'annotated video of the decided pictures')
    .option(
      '--export-labels <dir>',
      'folder for pictures of the events with the masks found, as YOLO segmentation labels',
    )
    .option('--camera <name>', 'camera of --config whose zones are used')
    .option('--report <file.json>', 'report to write')
    .option('--json', 'print the report on standard output instead of a summary')
    .addHelpText('after', examples)
    .action(analyze);
}

async function analyze(videos: string[], options: AnalyzeOptions, command: Command): Promise<void> {
  if (options.output !== undefined && videos.length > 1) {
    throw new PlateauError(
      'ERR_USAGE',
      '--output takes one recording at a time; run the command once for each.',
    );
  }
  refuseOwnInput(
    [...videos, options.model, options.config],
    [
      ['--output', options.output],
      ['--report', options.report],
    ],
  );
  if (options.report !== undefined) refuseUnwritable(options.report);
  using stop = new StopSignal();
  const outcome = await analyzeWithProgress(videos, options, stop.signal);
  const { reports, failures } = outcome;
  if (reports.length > 0) {
    const whole = videos.length === 1 ? reports[0] : { reports };
    if (options.json === true) process.stdout.write(`${JSON.stringify(whole, null, 1)}\n`);
    else
      for (const report of reports)
        process.stdout.write(`${analysisSummary(report, process.stdout.columns ?? 80).join('\n')}\n`);
    // Last: a report that cannot be written does not take what was found along.
    if (options.report !== undefined) writeReport(options.report, whole);
  }
  const debug = command.optsWithGlobals<{ debug?: boolean }>().debug === true;
  for (const failure of failures)
    process.exitCode = Math.max(Number(process.exitCode ?? 0), reportFailure(failure, debug));
}

async function analyzeWithProgress(
  videos: string[],
  options: AnalyzeOptions,
  signal: AbortSignal,
): Promise<AnalysisOutcome> {
  using line = new ProgressLine();
  const { zones, model, crop, decoder } = await analysisSettings(options);
  return await analyzeRecordings({
    model,
    signal,
    recordings: videos.map((source) => ({
      name: source,
      zones,
      capture: recordingCapture(source, {
        ...sharedCapture(options),
        crop,
        decoder,
        output: options.output ?? null,
        exportLabels: options.exportLabels ?? null,
      }),
    })),
    onProgress: ({ source, decided, timestampSeconds, info }) =>
      line.update(
        basename(source),
        decided,
        info?.durationSeconds === undefined ? undefined : timestampSeconds / info.durationSeconds,
      ),
  });
}

/** Zones, crop, decoder and model of the flags, or of a configuration with one camera. */
async function analysisSettings(options: AnalyzeOptions): Promise<{
  zones: readonly ZoneSettings[];
  model: ModelSettings;
  crop: boolean;
  decoder: DecoderChoice;
}> {
  if (options.config === undefined)
    return {
      zones: zoneSettings(options),
      model: modelSettings(options),
      crop: options.crop,
      decoder: options.decoder,
    };
  const { cameras, model } = await loadConfig(options.config, options.model);
  const names = cameras.map(({ name }) => name).join(', ');
  const camera = cameras.length === 1 ? cameras[0] : cameras.find(({ name }) => name === options.camera);
  if (camera !== undefined) {
    const { capture, zones } = camera;
    const decoder = options.decoder === defaults.decoder ? capture.decoder : options.decoder;
    return { zones, model, crop: options.crop || capture.crop, decoder };
  }
  throw new PlateauError(
    'ERR_USAGE',
    `${options.config} has several cameras; choose whose zones to use with --camera: ${names}.`,
  );
}
