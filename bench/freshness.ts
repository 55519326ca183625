/**
 * How old a decided picture is under overload: a source twice as fast as the inference, played in real time. Age runs from
 * the moment at which the picture was decoded to that at which the main thread hears its decision.
 * `node --conditions=source bench/freshness.ts [--seconds 20] [--rounds 3]`.
 * Goal: p99 at most one interval of the source + one inference.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { processSeconds } from '@plateau/memory';
import { Pipeline } from '../src/runtime/pipeline.ts';
import { Clips } from './harness/clips.ts';
import { cameraSettings, modelSettings } from './harness/line.ts';
import { report } from './harness/results.ts';
import { quantile, spreadOf } from './harness/statistics.ts';
import { table, withSpread } from './harness/table.ts';
import { yolov8nShapeFile } from './models/yolov8n-shape.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    input: { type: 'string', default: '320' },
    model: { type: 'string' },
  },
});
const model = values.model ?? yolov8nShapeFile(Number(values.input));
const fail = (error: Error): never => {
  throw error;
};

interface Observed {
  /** Seconds from decoding to decision, one for each decided picture. */
  readonly ages: number[];
  /** Seconds between decisions: under overload an inference each, with all that belongs to it. */
  readonly intervals: number[];
  readonly inferenceSeconds: number;
}

async function observe(clip: string, seconds: number): Promise<Observed> {
  await using pipeline = await Pipeline.start(modelSettings(model), fail);
  const times: number[] = [];
  const ages: number[] = [];
  pipeline.addCamera(cameraSettings('bench', clip, 'newest'), {
    onDecision: ({ arrivalSeconds }) => {
      const now = processSeconds();
      times.push(now);
      ages.push(now - arrivalSeconds);
    },
    onFailed: fail,
  });
  const warmUp = 3;
  await sleep((warmUp + seconds) * 1000);
  const { busySeconds } = await pipeline.report();
  const began = times[0] + warmUp;
  return {
    ages: ages.filter((_, index) => times[index] >= began),
    intervals: times.slice(1).map((time, index) => time - times[index]),
    inferenceSeconds: (busySeconds.inference + (busySeconds.postprocess ?? 0)) / times.length,
  };
}

using clips = new Clips();
const size = { width: 640, height: 480, frames: 250 };
// At 200 pictures a second no inference keeps up: what is decided then is the model's own rate.
const { inferenceSeconds: alone } = await observe(clips.make({ ...size, frameRate: 200 }), 3);
const frameRate = 2 / alone;
const clip = clips.make({ ...size, frameRate });
const rounds: Observed[] = [];
for (let round = 0; round < Number(values.rounds); round += 1)
  rounds.push(await observe(clip, Number(values.seconds)));

const milliseconds = (of: (round: Observed) => number): string =>
  withSpread(spreadOf(rounds.map((round) => of(round) * 1000)), 1);
const frameSeconds = 1 / frameRate;
const p99 = (round: Observed): number => quantile(round.ages, 0.99);
const ratio = (bound: (round: Observed) => number): string =>
  withSpread(spreadOf(rounds.map((round) => p99(round) / bound(round))));
const head = ['figure', 'value', 'goal'];
report('freshness', { frameRate, rounds }, [
  table(head, [
    ['source, pictures/s', frameRate.toFixed(1), 'twice the inference'],
    ['decided in each round', rounds.map(({ ages }) => ages.length).join(', '), ''],
    ['inference, mean ms', milliseconds(({ inferenceSeconds }) => inferenceSeconds), ''],
    ['time between decisions, p99 ms', milliseconds(({ intervals }) => quantile(intervals, 0.99)), ''],
    ['age p50, ms', milliseconds(({ ages }) => quantile(ages, 0.5)), ''],
    ['age p99, ms', milliseconds(p99), ''],
    ['p99 over (interval + mean inference)', ratio((round) => frameSeconds + round.inferenceSeconds), '≤ 1'],
    [
      'p99 over (interval + p99 of the time between decisions)',
      ratio(({ intervals }) => frameSeconds + quantile(intervals, 0.99)),
      'the same where an inference takes as long as its slowest',
    ],
  ]),
]);
