/**
 * What takes the resident memory of `analyze`: after each part that is loaded, and with what each setting changes.
 * `npm run build` first. `node --conditions=source bench/rss-breakdown.ts [--rounds 3] [--size 640x480] [--input 320]`.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { alternate } from './harness/alternate.ts';
import { Clips } from './harness/clips.ts';
import { measureProcess } from './harness/measured-process.ts';
import type { ResidentMemory } from './harness/resident-memory.ts';
import { report } from './harness/results.ts';
import { median, spreadOf } from './harness/statistics.ts';
import { megabytes, table, withSpread } from './harness/table.ts';
import { yolov8nShapeFile } from './models/yolov8n-shape.ts';
import { runAnalyze } from './peers/plateau-analyze.ts';
import { opencvPython, runPythonPeer } from './peers/python-peers.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    size: { type: 'string', default: '640x480' },
    input: { type: 'string', default: '320' },
    model: { type: 'string' },
    frames: { type: 'string', default: '200' },
  },
});
const model = values.model ?? yolov8nShapeFile(Number(values.input));
const [width, height] = values.size.split('x').map(Number);
using clips = new Clips();
const clip = clips.make({ width, height, frames: Number(values.frames) });

interface Stage {
  readonly stage: string;
  readonly rss: number;
  readonly anonymous: number;
}

const { output } = await measureProcess({
  command: process.execPath,
  args: [
    '--max-semi-space-size=1',
    fileURLToPath(new URL('./parts/memory-stages.mjs', import.meta.url)),
    clip,
    model,
    values.input,
  ],
  environment: { MALLOC_ARENA_MAX: '2' },
});
const stages = output
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Stage);

interface Run {
  readonly peak: number;
  readonly anonymous: number;
  readonly filePages: number;
}

/** `analyze` with an environment and flags of its own. What is resident is the middle over the run's second half. */
async function analyze(
  environment: Readonly<Record<string, string>> = {},
  nodeFlags: readonly string[] = [],
): Promise<Run> {
  const samples: ResidentMemory[] = [];
  const { peakRssBytes } = await runAnalyze(clip, model, {
    environment,
    nodeFlags,
    onMemory: (memory) => samples.push(memory),
  });
  const settled = samples.slice(samples.length >> 1);
  return {
    peak: peakRssBytes,
    anonymous: median(settled.map(({ anonymous }) => anonymous)),
    filePages: median(settled.map(({ filePages }) => filePages)),
  };
}

const python = opencvPython();
const runs = await alternate<string, Run>(
  {
    'plateau analyze': () => analyze(),
    '+ --optimize-for-size': () => analyze({}, ['--optimize-for-size']),
    '+ --single-threaded-gc --v8-pool-size=1': () =>
      analyze({}, ['--single-threaded-gc', '--v8-pool-size=1']),
    '+ MALLOC_ARENA_MAX=1': () => analyze({ MALLOC_ARENA_MAX: '1' }),
    'OpenCV + ORT + numpy': async () => {
      const { peakRssBytes } = await runPythonPeer(python, 'opencv_loop.py', clip, model);
      return { peak: peakRssBytes, anonymous: Number.NaN, filePages: Number.NaN };
    },
  },
  Number(values.rounds),
);
const rows = Object.entries(runs).map(([name, measured]) => {
  const of = (pick: (run: Run) => number): string => {
    const figures = measured.map((run) => pick(run) / 1e6);
    return figures.some(Number.isNaN) ? '' : withSpread(spreadOf(figures), 0);
  };
  return [name, of(({ peak }) => peak), of(({ anonymous }) => anonymous), of(({ filePages }) => filePages)];
});
report('rss-breakdown', { stages, runs }, [
  table(
    ['after', 'RSS MB', 'anonymous', 'file pages'],
    stages.map(({ stage, rss, anonymous }) => [
      stage,
      megabytes(rss),
      megabytes(anonymous),
      megabytes(rss - anonymous),
    ]),
  ),
  '',
  table(['run', 'peak RSS MB', 'anonymous, settled', 'file pages, settled'], rows),
]);
