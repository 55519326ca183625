/**
 * What `plateau profile` costs the script that it runs: the demo clip analysed with and without it, in turn, each
 * thread having begun. Prints the median ratio of the pairs, of CPU time (which a busy machine hardly moves) and of time. The model with a known answer takes
 * next to no time: with a real one the share of the readings is smaller.
 *
 *   node --conditions=source bench/profile.ts [--pairs 9] [--model models/known-answer.onnx]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type ProfileOrder, profileVariable } from '@plateau/memory';
import { pairedRatio } from './harness/statistics.ts';
import { withSpread } from './harness/table.ts';
import type { AnalysisCost } from './parts/analysis-cost.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '9' },
    model: { type: 'string', default: 'models/known-answer.onnx' },
  },
});
const script = fileURLToPath(new URL('./parts/analysis-cost.ts', import.meta.url));
const preload = import.meta.resolve('@plateau/memory/profile-thread');

function run(isProfiled: boolean): AnalysisCost {
  const folder = mkdtempSync(join(tmpdir(), 'plateau-profile-bench-'));
  try {
    const order: ProfileOrder = { folder, parentPid: process.pid };
    const flags = ['--conditions=source', ...(isProfiled ? ['--import', preload] : [])];
    const env = { ...process.env, [profileVariable]: JSON.stringify(order) };
    return JSON.parse(
      execFileSync(process.execPath, [...flags, script, values.model], { env, encoding: 'utf8' }),
    ) as AnalysisCost;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const runs = { bare: [] as AnalysisCost[], profiled: [] as AnalysisCost[] };
for (let pair = 0; pair < Number(values.pairs); pair += 1) {
  // Whoever comes second meets warmer caches: they take turns.
  const first = run(pair % 2 === 1);
  const second = run(pair % 2 === 0);
  const [bare, profiled] = pair % 2 === 1 ? [second, first] : [first, second];
  runs.bare.push(bare);
  runs.profiled.push(profiled);
  console.log(
    `pair ${pair + 1}: CPU ${bare.cpuSeconds.toFixed(2)} and ${profiled.cpuSeconds.toFixed(2)} s, time ${bare.seconds.toFixed(2)} and ${profiled.seconds.toFixed(2)} s`,
  );
}
for (const measure of ['cpuSeconds', 'seconds'] as const) {
  const of = (costs: readonly AnalysisCost[]): number[] => costs.map((cost) => cost[measure]);
  console.log(`${measure}: ${withSpread(pairedRatio(of(runs.profiled), of(runs.bare)), 3)} times as much`);
}
