import { basename } from 'node:path';
import type { LeakLevel } from '@plateau/memory';
import { Command, Option } from 'commander';
import { PlateauError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { liveCapture } from '../runtime/capture-settings.ts';
import type { Config } from '../runtime/config-file.ts';
import { defaults } from '../runtime/defaults.ts';
import { memorySettings, toBytes } from '../runtime/memory-settings.ts';
import { Monitor, type MonitorListener } from '../runtime/monitor.ts';
import { threadsText } from '../runtime/open-model.ts';
import type { CameraSettings } from '../runtime/settings.ts';
import { MonitorServer } from '../server/monitor-server.ts';
import { CameraFailures } from './camera-failures.ts';
import { demoSource } from './demo.ts';
import { LiveTable } from './live-table.ts';
import { loadConfig } from './load-config.ts';
import { cameraKeys, memoryKeys, modelKeys, refuseReplacedFlags } from './refuse-replaced-flags.ts';
import { reportFailure } from './report-failure.ts';
import {
  addSharedOptions,
  megabytesOption,
  modelSettings,
  portOption,
  type SharedOptions,
  sharedCapture,
  zoneSettings,
} from './shared-options.ts';
import { StopSignal } from './stop-signal.ts';

interface StartOptions extends SharedOptions {
  readonly port: number;
  readonly host: string;
  /** Megabytes. */
  readonly memoryBudget?: number;
  readonly cameraMemory?: number;
  readonly leakLevel: LeakLevel;
}

const examples = `
Examples:
  plateau start                                    the demo, looped
  plateau start rtsp://user:password@10.0.0.5/stream1 --zone "chute=0.2,0.1 0.8,0.1 0.7,0.9 0.3,0.9"
  plateau start chute.mp4 belt.mp4 --port 8081     recordings, looped in real time
  plateau start --config plant.yaml`;

export function startCommand(): Command {
  return addSharedOptions(new Command('start'))
    .description('watches cameras until stopped, with a page on this machine')
    .argument('[source...]', 'RTSP, HTTP, /dev/video0 or files; none: the cameras of --config, or the demo')
    .option('--port <n>', 'port of the page, 0 for any that is free', portOption, defaults.port)
    .option('--host <address>', 'loopback address of the page', defaults.host)
    .option('--memory-budget <MB>', 'the most that all cameras may hold (default: no limit)', megabytesOption)
    .option('--camera-memory <MB>', 'the most that each camera may hold (default: no limit)', megabytesOption)
    .addOption(
      new Option('--leak-level <level>', 'how hard forgotten resources are looked for')
        .choices(['off', 'simple', 'paranoid'])
        .default(defaults.leakLevel),
    )
    .addHelpText('after', examples)
    .action(start);
}

async function start(sources: string[], options: StartOptions, command: Command): Promise<void> {
  if (options.config !== undefined)
    refuseReplacedFlags(command, options.config, { ...modelKeys, ...cameraKeys, ...memoryKeys });
  using stop = new StopSignal();
  const demo = sources.length === 0 && options.config === undefined;
  const watched: Watched = demo
    ? demoSource(options, options.cameraMemory)
    : await settings(sources, options);
  const { cameras, model } = watched;
  const memory = watched.memory ?? memorySettings(options.leakLevel, options.memoryBudget);
  const table = new LiveTable();
  const debug = command.optsWithGlobals<{ debug?: boolean }>().debug === true;
  const failures = new CameraFailures(cameras.length, (error) => {
    table.erase();
    reportFailure(error, debug);
  });
  await using server = await MonitorServer.listen(options);
  const listener: MonitorListener = {
    onEvent: (event) => table.event(event),
    onCameraState: (camera, state, reason) => {
      if (state !== 'ended') failures.triedAgain(camera);
      // Why a camera is given up is said as a failure.
      if (state !== 'ended' || reason === null) table.cameraState(camera, state, reason);
    },
    onCameraFailed: (camera, error) => failures.add(camera, error),
    onCameraInput: (camera, input) =>
      table.note(`${camera}: the model runs at ${input.join('x')} (height x width)`),
    onCameraWarning: (camera, warning) => table.note(`${camera}: ${warning}`),
    onSoftwareDecoding: (camera, reason) => table.note(`${new Date().toISOString()} ${camera}: ${reason}`),
    onFailure: (error, retrySeconds) => table.note(`${error.message} Starting again in ${retrySeconds} s.`),
    onMistake: ({ sentence }) => table.note(`${new Date().toISOString()} memory: ${sentence}.`),
  };
  await using monitor = await Monitor.start(model, cameras, listener, memory);
  server.show(monitor);
  const description = monitor.status.model;
  if (description !== null) table.note(`Model: ${description.device}, ${threadsText(description)}`);
  table.note(
    `Watching ${cameras.length === 1 ? '1 camera' : `${cameras.length} cameras`}${demo ? ' (the demo, looped)' : ''}: ${server.url}`,
  );
  const refresh = setInterval(() => table.update(monitor.status), 500);
  const failure = await Promise.race([failures.noneLeft, stopped(stop.signal)]);
  clearInterval(refresh);
  table.note('Stopping.');
  const report = await monitor.stop();
  table.note(
    report?.ledger.live === 0
      ? 'Stopped; every resource was released.'
      : `Stopped; ${report?.ledger.live ?? 'an unknown number of'} resources were not released.`,
  );
  if (failure !== undefined) throw failure;
}

/** Resolves when somebody ends the command. */
async function stopped(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** What is watched; `memory` where a configuration says it. */
type Watched = Omit<Config, 'memory'> & Partial<Pick<Config, 'memory'>>;

/** Cameras of the configuration, or the sources named on the command line. */
async function settings(sources: readonly string[], options: StartOptions): Promise<Watched> {
  if (options.config === undefined)
    return { cameras: cameraSettings(sources, options), model: modelSettings(options) };
  if (sources.length > 0) throw new PlateauError('ERR_USAGE', 'Name either --config or sources, not both.');
  const config = await loadConfig(options.config, options.model);
  const { stride } = options;
  // The one flag of pictures that no key takes the place of.
  const cameras = config.cameras.map((camera) => ({ ...camera, capture: { ...camera.capture, stride } }));
  return { ...config, cameras };
}

function cameraSettings(sources: readonly string[], options: StartOptions): CameraSettings[] {
  const zones = zoneSettings(options);
  return sources.map((source, index) => ({
    name: sources.length === 1 ? cameraName(source) : `${index + 1}: ${cameraName(source)}`,
    zones,
    memoryBudgetBytes: toBytes(options.cameraMemory),
    capture: liveCapture(source, sharedCapture(options)),
  }));
}

function cameraName(source: string): string {
  const masked = maskSecrets(source);
  return masked.includes('://') ? masked.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, '') : basename(masked);
}
