/**
 * `plateau analyze` beside other ways to the same figures: the same file, the same ONNX, one inference thread each,
 * taking turns. `npm run build` first: the built command is measured, as users get it.
 *
 * `node --conditions=source bench/peers.ts [--ultralytics PYTHON] [--truth DIR --truth DIR]`, about ten minutes on a quiet
 * machine; `--frames`, `--rounds`, `--sizes`, `--slope-frames 0`, `--truth-clips` make it shorter. PYTHON is an interpreter that
 * can import ultralytics, which is AGPL-3.0 and never installed from here; DIR holds clips rendered by `scenes/`.
 */
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { alternate } from './harness/alternate.ts';
import { Clips } from './harness/clips.ts';
import { report } from './harness/results.ts';
import { pairedRatio, spreadOf } from './harness/statistics.ts';
import { table, withSpread } from './harness/table.ts';
import { yolov8nShapeFile } from './models/yolov8n-shape.ts';
import {
  type CoverageError,
  clipOf,
  coverageError,
  distance,
  truthFiles,
  waysOf,
} from './peers/cheaper-ways.ts';
import {
  bareParts,
  type Contender,
  type Course,
  frameSizeMasks,
  ours,
  wholeLines,
} from './peers/contenders.ts';
import { runAnalyze } from './peers/plateau-analyze.ts';
import type { PeerRun } from './peers/python-peers.ts';
import { measureSlope } from './peers/rss-slope.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '120' },
    rounds: { type: 'string', default: '2' },
    /** Courses as WIDTHxHEIGHT@INPUT. */
    courses: { type: 'string', default: '640x480@320,1920x1080@320,640x480@640' },
    'slope-frames': { type: 'string', default: '10000' },
    truth: { type: 'string', multiple: true, default: [] },
    'truth-clips': { type: 'string', default: '2' },
    model: { type: 'string', default: fileURLToPath(new URL('../models/coal-seg.onnx', import.meta.url)) },
    ultralytics: { type: 'string' },
    markdown: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const lines = wholeLines(values.ultralytics);
using clips = new Clips();

if (values.courses !== '') await speed();
if (Number(values['slope-frames']) > 0) await growth(Number(values['slope-frames']));
if (values.truth.length > 0) await cheaperWays();

/** Prints a part at once, so that a run that is cut short has shown what it had. */
function show(
  name: string,
  figures: unknown,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const markdown = table(head, rows);
  report(name, figures, [markdown]);
  if (values.markdown !== undefined) appendFileSync(values.markdown, `\n${name}\n\n${markdown}\n`);
}

async function speed(): Promise<void> {
  const rows: string[][] = [];
  const figures: Record<string, unknown> = {};
  for (const name of values.courses.split(',')) {
    const [width, height, input] = name.split(/[x@]/).map(Number);
    // A run of a large input takes four times as long, and its start weighs as much less.
    const frames = Math.ceil(Number(values.frames) * (input > 320 ? 0.4 : 1));
    const clip = clips.make({ width, height, frames });
    const course: Course = { clip, frames, model: yolov8nShapeFile(input), input };
    const measured = await alternate(turns({ ...lines, ...bareParts }, course), rounds);
    figures[name] = measured;
    for (const [who, runs] of Object.entries(measured))
      rows.push(speedRow(`${width}×${height}, input ${input}`, who, runs, measured[ours]));
  }
  const head = ['clip', 'who', 'pictures/s', 'CPU ms a picture', 'peak RSS MB', 'coverage'];
  show('peers', figures, [...head, 'ours: speed over it', 'ours: RSS over it'], rows);
}

function turns(
  who: Readonly<Record<string, Contender>>,
  course: Course,
): Record<string, () => Promise<PeerRun>> {
  return Object.fromEntries(Object.entries(who).map(([name, run]) => [name, () => run(course)]));
}

function speedRow(clip: string, who: string, runs: readonly PeerRun[], our: readonly PeerRun[]): string[] {
  const of = (pick: (run: PeerRun) => number, digits: number): string =>
    withSpread(spreadOf(runs.map(pick)), digits);
  const over = (pick: (run: PeerRun) => number): string =>
    runs === our ? '' : withSpread(pairedRatio(our.map(pick), runs.map(pick)));
  return [
    clip,
    who,
    of((run) => run.framesPerSecond, 1),
    of((run) => run.cpuMillisecondsPerFrame, 1),
    of((run) => run.peakRssBytes / 1e6, 0),
    runs[0].coverage === null ? '' : of((run) => run.coverage ?? 0, 3),
    over((run) => run.framesPerSecond),
    over((run) => run.peakRssBytes),
  ];
}

/** A small model, so that ten thousand pictures take no hours: what a line keeps of each is the same. */
async function growth(frames: number): Promise<void> {
  const course = {
    clip: clips.repeated({ width: 320, height: 240, frames }),
    frames,
    model: yolov8nShapeFile(64),
    input: 64,
  };
  const rows: string[][] = [];
  const figures: Record<string, unknown> = {};
  for (const [who, contender] of Object.entries(lines)) {
    // The same program as the line above it, and the dearest.
    if (who === frameSizeMasks) continue;
    const run = await measureSlope(contender, course);
    figures[who] = run;
    const [first, last] = run.ends.map((bytes) => (bytes / 1e6).toFixed(1));
    rows.push([
      who,
      run.framesPerSecond.toFixed(0),
      (run.peakRssBytes / 1e6).toFixed(0),
      run.slopeBytesPerFrame.toFixed(0),
      `${first} → ${last}`,
    ]);
  }
  show(
    `peers-growth over ${frames} pictures`,
    figures,
    ['who', 'pictures/s', 'peak RSS MB', 'RSS slope, B a picture', 'RSS MB, first → last quarter'],
    rows,
  );
}

async function cheaperWays(): Promise<void> {
  const truths = truthFiles(values.truth, Number(values['truth-clips']));
  const ways = waysOf(values.model, truths.map(clipOf));
  const clip = clips.make({ width: 640, height: 480, frames: Number(values.frames) });
  const zone = ['--zone', 'part=.3,.3 .7,.3 .7,.7 .3,.7'];
  const measured = await alternate(
    Object.fromEntries(
      ways.map(({ name, model, args }) => [
        name,
        () => runAnalyze(clip, model, { args: [...zone, ...args] }),
      ]),
    ),
    rounds,
  );
  const rows: string[][] = [];
  const errors: Record<string, CoverageError> = {};
  for (const way of ways) {
    const runs = measured[way.name];
    const error = await coverageError(way, truths);
    errors[way.name] = error;
    const [, , ...figures] = speedRow('', way.name, runs, runs);
    const faster = pairedRatio(
      runs.map((run) => run.framesPerSecond),
      measured.float32.map((run) => run.framesPerSecond),
    );
    rows.push([
      way.name,
      ...figures.slice(0, 3),
      withSpread(faster),
      error.mean.toFixed(4),
      error.worst.toFixed(3),
      distance(error, errors.float32).toFixed(4),
      `${error.pictures} of ${error.clips}`,
    ]);
  }
  const head = ['way', 'pictures/s', 'CPU ms a picture', 'peak RSS MB', 'speed over float32'];
  show(
    'peers-cheaper',
    { measured, errors },
    [...head, 'coverage error, mean', 'worst', 'mean distance from float32', 'pictures of clips'],
    rows,
  );
}
