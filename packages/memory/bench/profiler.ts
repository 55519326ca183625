/**
 * Point of monitoring tools 3: what profiling by stages costs a pipeline whose frame takes about 10 ms in 6 stages.
 * `node --conditions=source packages/memory/bench/profiler.ts`
 */
import { monotonicSeconds, StageProfiler } from '../src/index.ts';
import { nanosecondsEach, say, sayMachine } from './clock.ts';

const stages = ['decode', 'scale', 'infer', 'masks', 'coverage', 'outputs'];
const work = new Float32Array(400_000);

function stage(round: number): void {
  for (let at = 0; at < work.length; at += 1) work[at] = (work[at] ?? 0) * 0.5 + round;
}

function framesPerSecond(profiler: StageProfiler | undefined): number {
  const frames = 150;
  const started = performance.now();
  for (let frame = 0; frame < frames; frame += 1) {
    using _frame = profiler?.enter('frame');
    for (const [at, name] of stages.entries()) {
      using _stage = profiler?.enter(name);
      stage(at);
    }
  }
  return frames / ((performance.now() - started) / 1000);
}

sayMachine();
const profiler = new StageProfiler({ clock: monotonicSeconds });
say(
  'one stage',
  `${(
    nanosecondsEach(20_000, (times) => {
      for (let i = 0; i < times; i += 1) profiler.run('empty', () => undefined);
    }) / 1000
  ).toFixed(1)} µs`,
);
framesPerSecond(undefined);
const costs: number[] = [];
for (let round = 0; round < 9; round += 1) {
  const bare = framesPerSecond(undefined);
  costs.push(1 - framesPerSecond(profiler) / bare);
}
const median = costs.toSorted((a, b) => a - b)[4] ?? 0;
say('slow-down of a pipeline with 6 stages of about 1 ms (median of 9)', `${(median * 100).toFixed(1)} %`);
