import type { LeakPlace } from '@plateau/memory';
import { Command, Option } from 'commander';
import { PlateauError } from '../errors.ts';
import { defaults } from '../runtime/defaults.ts';
import { Soak, type SoakReport } from '../runtime/soak.ts';
import { ProgressLine } from './progress-line.ts';
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
  if (options.plantLeak < 0)
    throw new PlateauError('ERR_USAGE', `--plant-leak must be 0 or more bytes, and is ${options.plantLeak}.`);
  if (options.report !== undefined) refuseUnwritable(options.report);
  using stop = new StopSignal();
  const report = await runSoak(options, stop.signal);
  if (options.report !== undefined) writeReport(options.report, report);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report, null, 1)}\n` : `${summary(report).join('\n')}\n`,
  );
  process.exitCode = report.flat ? 0 : 1;
}

async function runSoak(options: SoakOptions, signal: AbortSignal): Promise<SoakReport> {
  using line = new ProgressLine();
  const order = {
    frames: options.frames,
    cameras: options.cameras,
    reconnectEvery: options.reconnectEvery ?? 0,
    plantLeakBytes: options.plantLeak,
    plantLeakIn: options.plantIn,
    source: shippedFile('demo/lumps.mp4'),
    model: {
      file: options.model ?? shippedFile('models/known-answer-64.onnx'),
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

function summary(report: SoakReport): string[] {
  const lines = Object.entries(report.measures).map(
    ([
      name,
      {
        verdict,
        slopeBytesPerFrame,
        confidence95: [low, high],
        boundBytesPerFrame,
      },
    ]) =>
      `  ${name.padEnd(7)} ${verdict.padEnd(10)} ${slopeBytesPerFrame.toFixed(1)} B a frame, 95 % within ${low.toFixed(1)} to ${high.toFixed(1)}, bound ${boundBytesPerFrame}`,
  );
  const { owner } = report;
  const place =
    owner === null
      ? []
      : [
          `  what grew: ${owner.kind}${owner.camera === null ? '' : ` of ${owner.camera}`}${owner.stage === null ? '' : ` in ${owner.stage}`}, ${owner.bytes} bytes${owner.site === null ? '' : `, made at ${owner.site}`}`,
        ];
  return [`${report.verdict} over ${report.frames} frames`, ...lines, ...place];
}
