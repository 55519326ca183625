import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename } from 'node:path';
import { readAllowedCpus } from '@plateau/memory';
import { Command } from 'commander';
import { PlateauError } from '../errors.ts';
import { defaults } from '../runtime/defaults.ts';
import { type BenchReport, type BenchResult, middleOf, regressions } from './bench-report.ts';
import {
  type BenchOrder,
  type BenchRun,
  type Contender,
  ffmpegContender,
  opencvContender,
  plateauContender,
} from './bench-runs.ts';
import { refuseOwnInput } from './refuse-own-input.ts';
import { countOption, shareOption, threadsOption } from './shared-options.ts';
import { defaultModelFile, shippedFile } from './shipped-files.ts';
import { StopSignal } from './stop-signal.ts';
import { refuseUnwritable, writeReport } from './write-report.ts';

interface BenchOptions {
  readonly model?: string;
  readonly threads: number;
  readonly rounds: number;
  readonly python: string;
  readonly peers: boolean;
  readonly baseline?: string;
  readonly tolerance: number;
  readonly report?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  plateau bench
  plateau bench chute.mp4 --model our-coal.onnx --rounds 5
  plateau bench --python ~/venv/bin/python
  plateau bench --report before.json
  plateau bench --baseline before.json               exit code 1 where speed or memory got worse`;

export function benchCommand(): Command {
  return new Command('bench')
    .description('throughput, latency and memory of this machine, beside the peers that are installed')
    .argument('[video]', 'clip to measure with (default: the demo)')
    .option('--model <file.onnx>', 'model to run (default: the demo model)')
    .option('--threads <n>', 'threads of the inference, for each contender', threadsOption, defaults.threads)
    .option('--rounds <n>', 'runs of each contender, which take turns; medians are shown', countOption, 3)
    .option('--python <program>', 'interpreter with OpenCV, onnxruntime and numpy', 'python3')
    .option('--no-peers', 'measure plateau alone')
    .option('--baseline <file.json>', 'report of an earlier run to compare with')
    .option('--tolerance <0..1>', 'share by which a figure may be worse than the baseline', shareOption, 0.15)
    .option('--report <file.json>', 'report to write')
    .option('--json', 'print the report on standard output instead of a table')
    .addHelpText('after', examples)
    .action(bench);
}

async function bench(video: string | undefined, options: BenchOptions): Promise<void> {
  const clip = video ?? shippedFile('demo/chute.mp4');
  const model = options.model ?? defaultModelFile();
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline, clip, model);
  if (options.report !== undefined) {
    refuseOwnInput([clip, model, options.baseline], [['--report', options.report]]);
    refuseUnwritable(options.report);
  }
  using stop = new StopSignal();
  const report = await measure({
    clip,
    model,
    threads: options.threads,
    python: options.python,
    rounds: options.rounds,
    peers: options.peers,
    signal: stop.signal,
  });
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report, null, 1)}\n` : `${summary(report).join('\n')}\n`,
  );
  const worse = baseline === undefined ? [] : regressions(report, baseline, options.tolerance);
  for (const sentence of worse) process.stderr.write(`plateau: ${sentence}\n`);
  if (worse.length > 0) process.exitCode = 1;
  // Last: a report that cannot be written does not take what was found along.
  if (options.report !== undefined) writeReport(options.report, report);
}

interface MeasureOrder extends BenchOrder {
  readonly rounds: number;
  readonly peers: boolean;
}

async function measure(order: MeasureOrder): Promise<BenchReport> {
  const found = order.peers ? [await opencvContender(order), await ffmpegContender(order)] : [];
  const contenders = [
    plateauContender(order),
    ...found.filter((peer): peer is Contender => typeof peer !== 'string'),
  ];
  const runs = new Map<Contender, BenchRun[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < order.rounds; round += 1) {
    // Turn about: whatever else the machine does meets all of them.
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed())
      runs.get(contender)?.push(await contender.run());
  }
  return {
    schema: 'plateau.bench/1',
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: readAllowedCpus(),
      memoryBytes: totalmem(),
      node: process.versions.node,
    },
    clip: basename(order.clip),
    model: basename(order.model),
    rounds: order.rounds,
    results: [...runs].map(([contender, measured]) => resultOfRuns(contender, measured)),
    absent: found.filter((peer) => typeof peer === 'string'),
  };
}

function resultOfRuns({ name, title }: Contender, runs: readonly BenchRun[]): BenchResult {
  const rates = runs.map(({ framesPerSecond }) => framesPerSecond);
  const middle = (pick: (run: BenchRun) => number | null): number | null => {
    const known = runs.map(pick).filter((value) => value !== null);
    return known.length === 0 ? null : middleOf(known);
  };
  return {
    name,
    title,
    framesPerSecond: middleOf(rates),
    lowest: Math.min(...rates),
    highest: Math.max(...rates),
    latencyMilliseconds: middle(({ latencyMilliseconds }) => latencyMilliseconds),
    peakRssBytes: middle(({ peakRssBytes }) => peakRssBytes),
  };
}

/** @throws PlateauError ERR_USAGE also for what was measured with another clip or model: that compares with nothing. */
function readBaseline(file: string, clip: string, model: string): BenchReport {
  const report = readReport(file);
  const [now, then] = [{ clip: basename(clip), model: basename(model) }, report].map(
    (one) => `${one.clip} with ${one.model}`,
  );
  if (now === then) return report;
  throw new PlateauError(
    'ERR_USAGE',
    `--baseline ${file} is of ${then}, and this bench would be of ${now}; measure the same, or leave --baseline out.`,
  );
}

function readReport(file: string): BenchReport {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Partial<BenchReport> | null;
    if (report?.schema === 'plateau.bench/1' && Array.isArray(report.results)) return report as BenchReport;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'it is not JSON';
    throw new PlateauError(
      'ERR_USAGE',
      `--baseline ${file} cannot be read (${why}); name a report that plateau bench --report wrote.`,
      { cause: error },
    );
  }
  throw new PlateauError(
    'ERR_USAGE',
    `--baseline ${file} is no report of plateau bench; name one that plateau bench --report wrote.`,
  );
}

function summary({ machine, clip, model, rounds, results, absent }: BenchReport): string[] {
  const memory = (machine.memoryBytes / 1e9).toFixed(0);
  const ours = results[0].framesPerSecond;
  return [
    `${clip} with ${model}, ${rounds} rounds, on ${machine.cpu}, ${machine.cores} cores, ${memory} GB, Node ${machine.node}`,
    '',
    `${''.padEnd(32)}${'pictures/s'.padStart(11)}${'range'.padStart(16)}${'ms each'.padStart(9)}${'peak MB'.padStart(9)}${'ours/its'.padStart(10)}`,
    ...results.map(({ name, title, framesPerSecond, lowest, highest, latencyMilliseconds, peakRssBytes }) => {
      const range = `${lowest.toFixed(1)}-${highest.toFixed(1)}`;
      const latency = latencyMilliseconds?.toFixed(1) ?? '';
      const megabytes = peakRssBytes === null ? '' : (peakRssBytes / 1e6).toFixed(0);
      const ratio = name === 'plateau' ? '' : (ours / framesPerSecond).toFixed(2);
      return `${title.padEnd(32)}${framesPerSecond.toFixed(1).padStart(11)}${range.padStart(16)}${latency.padStart(9)}${megabytes.padStart(9)}${ratio.padStart(10)}`;
    }),
    ...absent.map((sentence) => `not measured: ${sentence}`),
  ];
}
