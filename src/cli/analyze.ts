import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { PlateauError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { type AnalysisOutcome, analyzeRecordings } from '../runtime/analyze-recordings.ts';
import { recordingCapture } from '../runtime/capture-settings.ts';
import type { CameraSettings, ModelSettings, ZoneSettings } from '../runtime/settings.ts';
import type { CaptureSettings } from '../runtime/thread-protocol.ts';
import { analysisSummary } from './analysis-summary.ts';
import { loadConfig } from './load-config.ts';
import { ProgressLine } from './progress-line.ts';
import { refuseOwnInput } from './refuse-own-input.ts';
import { cameraKeys, modelKeys, refuseReplacedFlags } from './refuse-replaced-flags.ts';
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
  refuseUselessFlags(options, command);
  const settings = await analysisSettings(options);
  refuseOwnInput(
    [...videos, settings.model.file, options.config],
    [
      ['--output', options.output],
      ['--report', options.report],
    ],
  );
  if (options.report !== undefined) refuseUnwritable(options.report);
  const began = Date.now();
  using stop = new StopSignal();
  const outcome = await analyzeWithProgress(videos, settings, options, stop.signal);
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
  if (options.exportLabels !== undefined)
    tellLabels(options.exportLabels, began, failures.length > 0, options.config);
  const debug = command.optsWithGlobals<{ debug?: boolean }>().debug === true;
  for (const failure of failures)
    process.exitCode = Math.max(Number(process.exitCode ?? 0), reportFailure(failure, debug));
}

/** How many labels were written, on standard error: an empty folder would leave its reader to guess why. */
function tellLabels(folder: string, began: number, failed: boolean, config: string | undefined): void {
  const images = join(folder, 'images');
  // Others may lie there of earlier recordings. Some file systems keep times to two seconds.
  const isNew = (name: string) => statSync(join(images, name)).mtimeMs >= began - 2000;
  const count = existsSync(images) ? readdirSync(images).filter(isNew).length : 0;
  const lower =
    config === undefined ? '--on or --confidence' : `\`on\` of the zone or \`confidence\` in ${config}`;
  if (count > 0)
    process.stderr.write(
      `labels: ${count} ${count === 1 ? 'picture' : 'pictures'} of events, with the masks found, in ${folder}\n`,
    );
  else if (!failed)
    process.stderr.write(
      `labels: none, since no zone was blocked or cleared; a lower ${lower} finds more for ${folder}\n`,
    );
}

/** @throws PlateauError ERR_USAGE for flags that would have no effect. */
function refuseUselessFlags({ config, camera }: AnalyzeOptions, command: Command): void {
  if (config !== undefined) refuseReplacedFlags(command, config, { ...modelKeys, ...cameraKeys });
  else if (camera !== undefined)
    throw new PlateauError(
      'ERR_USAGE',
      '--camera chooses a camera of a configuration: name that with --config, or leave --camera out.',
    );
}

async function analyzeWithProgress(
  videos: string[],
  { zones, model, capture }: AnalysisSettings,
  options: AnalyzeOptions,
  signal: AbortSignal,
): Promise<AnalysisOutcome> {
  using line = new ProgressLine();
  return await analyzeRecordings({
    model,
    signal,
    recordings: videos.map((source) => ({
      name: source,
      zones,
      capture: recordingCapture(source, {
        ...capture,
        output: options.output ?? null,
        exportLabels: options.exportLabels ?? null,
      }),
    })),
    onProgress: ({ source, decided, timestampSeconds, info }) =>
      line.update(
        basename(maskSecrets(source)),
        decided,
        info?.durationSeconds === undefined ? undefined : timestampSeconds / info.durationSeconds,
      ),
  });
}

/** What is measured in a recording, and how its pictures are taken. */
interface AnalysisSettings {
  readonly model: ModelSettings;
  readonly zones: readonly ZoneSettings[];
  readonly capture: Partial<CaptureSettings>;
}

/** Of the flags, or of a camera of the configuration. */
async function analysisSettings(options: AnalyzeOptions): Promise<AnalysisSettings> {
  if (options.config === undefined)
    return {
      zones: zoneSettings(options),
      model: modelSettings(options),
      capture: sharedCapture(options),
    };
  const { cameras, model } = await loadConfig(options.config, options.model);
  const { zones, capture } = chosenCamera(cameras, options.config, options.camera);
  const { intervalSeconds, crop, decoder } = capture;
  // No key says `stride`: a camera of a plant is decided by the clock.
  return { zones, model, capture: { intervalSeconds, crop, decoder, stride: options.stride } };
}

/** @throws PlateauError ERR_USAGE listing the cameras, where none is named or there is none of that name. */
function chosenCamera(
  cameras: readonly CameraSettings[],
  config: string,
  wanted: string | undefined,
): CameraSettings {
  const names = cameras.map(({ name }) => name).join(', ');
  if (wanted === undefined) {
    if (cameras.length === 1) return cameras[0];
    throw new PlateauError(
      'ERR_USAGE',
      `${config} has several cameras; choose whose zones to use with --camera: ${names}.`,
    );
  }
  const camera = cameras.find(({ name }) => name === wanted);
  if (camera !== undefined) return camera;
  throw new PlateauError(
    'ERR_USAGE',
    `${config} has no camera ${JSON.stringify(wanted)}; choose one with --camera: ${names}.`,
  );
}
