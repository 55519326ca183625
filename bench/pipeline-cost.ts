/**
 * CPU seconds a frame of the whole line over its bare parts: FFmpeg's decoding and scaling alone, and `session.run`
 * alone with the same threads. All three get the processor in slices of the same run.
 * `node --conditions=source bench/pipeline-cost.ts [--frames 1000] [--input 320] [--rounds 3]`. Goal: at most 1.05.
 */
import { parseArgs } from 'node:util';
import { Clips } from './harness/clips.ts';
import { report } from './harness/results.ts';
import { spreadOf } from './harness/statistics.ts';
import { table, withSpread } from './harness/table.ts';
import { cpuSecondsPerFrame } from './harness/time-slices.ts';
import { yolov8nShapeFile } from './models/yolov8n-shape.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000' },
    input: { type: 'string', default: '320' },
    rounds: { type: 'string', default: '3' },
    model: { type: 'string' },
    sizes: { type: 'string', default: '640x480,1920x1080' },
  },
});
const { frames, input } = values;
const model = values.model ?? yolov8nShapeFile(Number(input));
using clips = new Clips();
const part = (name: string): URL => new URL(`./parts/${name}.ts`, import.meta.url);
const rows: string[][] = [];
const figures: Record<string, unknown> = {};

for (const size of values.sizes.split(',')) {
  const [width, height] = size.split('x').map(Number);
  const clip = clips.make({ width, height, frames: 500 });
  const rounds: { whole: number; decode: number; run: number }[] = [];
  const perRound = String(Math.ceil(Number(frames) / Number(values.rounds)));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    rounds.push(
      await cpuSecondsPerFrame({
        whole: { file: part('whole-line'), args: [clip, model, perRound] },
        decode: { file: part('bare-decode'), args: [clip, input, perRound] },
        run: { file: part('bare-run'), args: [model, input, '1', perRound] },
      }),
    );
  }
  const ratio = spreadOf(rounds.map(({ whole, decode, run }) => whole / (decode + run)));
  const milliseconds = (pick: (round: (typeof rounds)[number]) => number): string =>
    withSpread(spreadOf(rounds.map((round) => pick(round) * 1000)), 1);
  figures[size] = { ratio, rounds };
  rows.push([
    `${size}, input ${input}`,
    milliseconds(({ whole }) => whole),
    milliseconds(({ decode }) => decode),
    milliseconds(({ run }) => run),
    withSpread(ratio, 3),
    '≤ 1.05',
  ]);
}
const head = ['clip', 'whole, ms CPU a frame', 'decode and scale', 'session.run', 'ratio', 'goal'];
report('pipeline-cost', figures, [table(head, rows)]);
