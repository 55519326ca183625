import { getHeapStatistics } from 'node:v8';
import { type LeakPlace, readMemoryLimit } from '@plateau/memory';
import { Command, Option } from 'commander';
import { PlateauError } from '../errors.ts';
import { defaults } from '../runtime/defaults.ts';
import { Soak, type SoakReport } from '../runtime/soak.ts';
import type { GrowthOwner } from '../runtime/soak-owner.ts';
import { ProgressLine } from './progress-line.ts';
import { refuseOwnInput } from './refuse-own-input.ts';
import { countOption, numberOption } from './shared-options.ts';
import { shippedFile } from './shipped-files.ts';
import { StopSignal } from './stop-signal.ts';
import { refuseUnwritable, writeReport } from './write-report.ts';

interface SoakOptions {
  readonly frames: number;
  readonly cameras: number;
  readonly reconnectEvery: number;
  readonly plantLeak: number;
  readonly plantIn: LeakPlace;
  readonly model?: string;
  readonly report?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  plateau soak --frames 100000
  plateau soak --frames 20000 --plant-leak 1024      must end with exit code 1 and name the leak
  plateau soak --frames 50000 --cameras 4 --reconnect-every 1000 --report soak.json`;

/** What a soak runs where no other model is named: small, with a known answer. */
const ownModel = shippedFile('models/known-answer-64.onnx');
const recording = shippedFile('demo/lumps.mp4');

export function soakCommand(): Command {
  return new Command('soak')
    .description('the flat-memory gate: runs the whole pipeline and fails unless memory is proved to be flat')
    .option('--frames <n>', 'frames to run', countOption, 20_000)
    .option('--cameras <n>', 'cameras at the same time', countOption, 1)
    .option(
      '--reconnect-every <n>',
      'take each camera away and add it again after so many frames',
      countOption,
    )
    .option(
      '--plant-leak <bytes>',
      'leak so many bytes with each frame, to see the gate fail',
      numberOption,
      0,
    )
    .addOption(
      new Option('--plant-in <place>', 'where it leaks')
        .choices(['v8', 'array-buffer', 'shared', 'native'])
        .default('array-buffer'),
    )
    .option('--model <file.onnx>', 'model to run (default: a small one with a known answer)')
    .option('--report <file.json>', 'report to write')
    .option('--json', 'print the report on standard output instead of a summary')
    .addHelpText('after', examples)
    .action(soak);
}

async function soak(options: SoakOptions): Promise<void> {
  refuseImpossibleLeak(options);
  if (options.report !== undefined) {
    refuseOwnInput([options.model ?? ownModel, recording], [['--report', options.report]]);
    refuseUnwritable(options.report);
  }
  using stop = new StopSignal();
  const report = await runSoak(options, stop.signal);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report, null, 1)}\n` : `${summary(report).join('\n')}\n`,
  );
  process.exitCode = report.flat ? 0 : 1;
  // Last: a report that cannot be written does not take what was found along.
  if (options.report !== undefined) writeReport(options.report, report);
}

/** @throws PlateauError ERR_USAGE for a leak that is none, or that would end the process ahead of a verdict. */
function refuseImpossibleLeak({ plantLeak, plantIn, frames }: SoakOptions): void {
  if (plantLeak < 0)
    throw new PlateauError('ERR_USAGE', `--plant-leak must be 0 or more bytes, and is ${plantLeak}.`);
  const { limitBytes, machineBytes } = readMemoryLimit();
  const memory = limitBytes ?? machineBytes;
  // The other half is for the pipeline, and for whatever else the machine does.
  const room = (plantIn === 'v8' ? Math.min(memory, getHeapStatistics().heap_size_limit) : memory) / 2;
  if (plantLeak * frames > room)
    throw new PlateauError(
      'ERR_USAGE',
      `--plant-leak ${plantLeak} over ${frames} frames is more than the memory here has room for; ask for at most ${Math.floor(room / frames)} bytes a frame, or for fewer --frames.`,
    );
}

async function runSoak(options: SoakOptions, signal: AbortSignal): Promise<SoakReport> {
  using line = new ProgressLine();
  const order = {
    frames: options.frames,
    cameras: options.cameras,
    reconnectEvery: options.reconnectEvery ?? 0,
    plantLeakBytes: options.plantLeak,
    plantLeakIn: options.plantIn,
    source: recording,
    model: {
      file: options.model ?? ownModel,
      names: null,
      device: 'cpu',
      threads: defaults.threads,
      confidence: defaults.confidence,
      className: null,
    },
    signal,
    onProgress: (frames: number) => line.update('soak', frames, frames / options.frames),
  } as const;
  return await new Soak(order).run();
}

function summary({ verdict, frames, measures, owner, undecidedBecause }: SoakReport): string[] {
  return [
    `${verdict} over ${frames} frames`,
    ...Object.entries(measures).map(([name, measure]) => `  ${name.padEnd(7)} ${measureText(measure)}`),
    ...(owner === null ? [] : [`  what grew: ${ownerText(owner)}`]),
    ...(undecidedBecause === null ? [] : [`  ${undecidedBecause}`]),
  ];
}

function measureText(measure: SoakReport['measures']['rss']): string {
  const { verdict, slopeBytesPerFrame, confidence95, boundBytesPerFrame } = measure;
  const [low, high] = confidence95;
  const slope = Number.isFinite(slopeBytesPerFrame)
    ? `${slopeBytesPerFrame.toFixed(1)} B a frame`
    : 'too few points to tell';
  const interval = Number.isFinite(low) ? `, 95 % within ${low.toFixed(1)} to ${high.toFixed(1)}` : '';
  return `${verdict.padEnd(10)} ${slope}${interval}, bound ${boundBytesPerFrame}`;
}

function ownerText({ kind, camera, stage, bytes, site }: GrowthOwner): string {
  return [
    `${kind}${camera === null ? '' : ` of ${camera}`}${stage === null ? '' : ` in ${stage}`}`,
    `${Math.round(bytes)} bytes`,
    ...(site === null ? [] : [`made at ${site}`]),
  ].join(', ');
}
