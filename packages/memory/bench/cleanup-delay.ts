/**
 * Point 13: what cleaning adds to a frame's delay at 30 fps, with the whole ladder every 100 frames.
 * `node --conditions=source packages/memory/bench/cleanup-delay.ts [seconds]`
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  BufferPool,
  collectorStep,
  findMallocTrim,
  idleBuffersStep,
  mallocTrimStep,
  monotonicSeconds,
  PeriodicCleanup,
  ReclaimLadder,
} from '../src/index.ts';
import { quantile, say, sayMachine } from './clock.ts';

const interval = 1000 / 30;

/** @returns How late each frame began, in milliseconds. */
async function run(seconds: number, everyFrames: number): Promise<number[]> {
  using pool = new BufferPool();
  const trim = await findMallocTrim();
  const steps = [
    idleBuffersStep(pool),
    collectorStep(),
    ...(trim === undefined ? [] : [mallocTrimStep(trim)]),
  ];
  const ladder = new ReclaimLadder(steps, {
    clock: monotonicSeconds,
    rss: () => process.memoryUsage.rss(),
    firstRestSeconds: 0.001,
    longestRestSeconds: 0.001,
  });
  const cleanup = new PeriodicCleanup({
    clock: monotonicSeconds,
    everyFrames,
    everySeconds: 1e9,
    cleanup: () => void ladder.reclaim(),
  });
  const late: number[] = [];
  const kept = Array.from({ length: 2000 }, (_, at) => ({ at, text: `result ${at}` }));
  const started = performance.now();
  for (let frame = 0; frame < seconds * 30; frame += 1) {
    const due = started + frame * interval;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    late.push(performance.now() - due);
    using work = pool.lease('float32', 307_200);
    for (let pass = 0; pass < 8; pass += 1) work.data.fill(frame + pass + kept.length);
    cleanup.frameDone();
  }
  return late.slice(30);
}

sayMachine();
const seconds = Number(process.argv[2] ?? 60);
const without = await run(seconds, 1e9);
const cleaning = await run(seconds, 100);
for (const share of [0.5, 0.99, 0.999]) {
  const [a, b] = [quantile(without, share), quantile(cleaning, share)];
  say(
    `lateness of a frame p${share * 100}: without, with cleaning`,
    `${a.toFixed(2)} ms, ${b.toFixed(2)} ms`,
  );
}
say(
  'the most',
  `${Math.max(...without).toFixed(2)} ms, ${Math.max(...cleaning).toFixed(2)} ms (interval ${interval.toFixed(1)} ms)`,
);
