/**
 * JavaScript heap that a picture costs in steady state, by thread and by whose code asked for it, and how often the
 * collector ran. The sampler's figures hold what was collected since as well.
 * `node --conditions=source bench/heap-per-frame.ts [--frames 1000]`.
 * Goals: at most 200 B a picture from files of ours, no major collection in 1,000 pictures.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Clips } from './harness/clips.ts';
import { measureProcess } from './harness/measured-process.ts';
import { report } from './harness/results.ts';
import { table } from './harness/table.ts';
import type { ThreadHeap } from './parts/heap-observer.ts';

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '1000' }, model: { type: 'string' } },
});
const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
// Heap does not depend on how long a run takes, so the small model will do; its outputs have the usual form.
const model = values.model ?? path('../models/known-answer.onnx');
using clips = new Clips();
const clip = clips.make({ width: 640, height: 480, frames: 250 });

interface Found {
  readonly frames: number;
  readonly threads: readonly ThreadHeap[];
}

async function observe(what: 'sampling' | 'counting'): Promise<Found> {
  const observer = path('./parts/heap-observer.ts');
  const subject = [path('./parts/heap-subject.ts'), clip, model, values.frames, '300', what];
  const { output } = await measureProcess({
    command: process.execPath,
    args: ['--conditions=source', '--max-semi-space-size=1', '--import', observer, ...subject],
  });
  return JSON.parse(output) as Found;
}

const counted = await observe('counting');
const found = await observe('sampling');

/** Whose code: ours, the packages that we use, Node's own, or what no function stands for. */
function ownerOf(place: string): 'ours' | 'packages' | 'node' | 'bench' {
  if (/\/node_modules\//.test(place)) return 'packages';
  if (/\/(?:src|packages)\//.test(place)) return 'ours';
  if (/\/bench\//.test(place)) return 'bench';
  return 'node';
}

const rows: string[][] = [];
const largest: [string, number][] = [];
const total = { ours: 0, packages: 0, node: 0, bench: 0, minor: 0, major: 0 };
for (const thread of found.threads) {
  const sums = { ours: 0, packages: 0, node: 0, bench: 0 };
  for (const [place, bytes] of Object.entries(thread.bytesByFile)) {
    const owner = ownerOf(place);
    sums[owner] += bytes / found.frames;
    if (owner === 'ours')
      largest.push([`${thread.thread} ${place.replace(/^.*\/(?=(?:src|packages)\/)/, '')}`, bytes]);
  }
  for (const key of ['ours', 'packages', 'node', 'bench'] as const) total[key] += sums[key];
  const { minor, major } = counted.threads.find(({ thread: name }) => name === thread.thread) ?? thread;
  total.minor += minor;
  total.major += major;
  rows.push([thread.thread, ...cells(sums), String(minor), String(major)]);
}
rows.push(['all', ...cells(total), String(total.minor), `${total.major} (goal 0)`]);

function cells(sums: Readonly<Record<'ours' | 'packages' | 'node', number>>): string[] {
  return [sums.ours, sums.packages, sums.node].map((bytes) => bytes.toFixed(0));
}

largest.sort((a, b) => b[1] - a[1]);
const places = largest.slice(0, 12).map(([place, bytes]) => [place, (bytes / found.frames).toFixed(1)]);
report('heap-per-frame', { ...found, counted, total }, [
  table(['thread', 'ours, B a picture (goal ≤ 200)', 'packages', 'Node', 'minor collections', 'major'], rows),
  '',
  table(['most of ours', 'B a picture'], places),
]);
