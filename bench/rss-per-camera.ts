/**
 * Resident memory of each further 720p camera: recordings played in real time through the monitor, 1 to 6 of them, each
 * count in a process of its own. `node --conditions=source bench/rss-per-camera.ts [--cameras 1,2,4,6] [--seconds 12]`.
 * Goal: at most 40 MB.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Clips } from './harness/clips.ts';
import { measureProcess } from './harness/measured-process.ts';
import type { ResidentMemory } from './harness/resident-memory.ts';
import { report } from './harness/results.ts';
import { median, slope } from './harness/statistics.ts';
import { megabytes, table } from './harness/table.ts';

const { values } = parseArgs({
  options: {
    cameras: { type: 'string', default: '1,2,4,6' },
    seconds: { type: 'string', default: '12' },
    model: { type: 'string' },
  },
});
const model = values.model ?? fileURLToPath(new URL('../models/known-answer.onnx', import.meta.url));
const subject = fileURLToPath(new URL('./parts/monitored-cameras.ts', import.meta.url));
const counts = values.cameras.split(',').map(Number);
const seconds = Number(values.seconds);
using clips = new Clips();
const clip = clips.make({ width: 1280, height: 720, frames: 250 });
const middles: { cameras: number; rss: number; anonymous: number; peak: number; decided: number }[] = [];

for (const cameras of counts) {
  const samples: ResidentMemory[] = [];
  const { output, peakRssBytes } = await measureProcess({
    command: process.execPath,
    args: [
      '--conditions=source',
      '--max-semi-space-size=1',
      subject,
      clip,
      model,
      `${cameras}`,
      `${seconds}`,
    ],
    environment: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '32' },
    onMemory: (memory, elapsed) => {
      // The second half: everything is warm by then.
      if (elapsed > seconds / 2) samples.push(memory);
    },
  });
  middles.push({
    cameras,
    rss: median(samples.map(({ rss }) => rss)),
    anonymous: median(samples.map(({ anonymous }) => anonymous)),
    peak: peakRssBytes,
    decided: Number(output),
  });
}

const perCamera = (pick: (middle: (typeof middles)[number]) => number): number =>
  slope(counts, middles.map(pick));
const rows = middles.map(({ cameras, rss, anonymous, peak, decided }) => [
  String(cameras),
  megabytes(rss),
  megabytes(anonymous),
  megabytes(peak),
  (decided / seconds).toFixed(0),
]);
rows.push([
  'each further one (goal ≤ 40)',
  megabytes(perCamera(({ rss }) => rss)),
  megabytes(perCamera(({ anonymous }) => anonymous)),
  megabytes(perCamera(({ peak }) => peak)),
  '',
]);
report('rss-per-camera', middles, [
  table(['720p cameras', 'RSS MB', 'anonymous MB', 'peak RSS MB', 'decisions/s'], rows),
]);
