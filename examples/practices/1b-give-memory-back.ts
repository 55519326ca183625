/** 1b. Clear GPU cache and collect: the ladder from cheap to dear, each step of which reports what it gave back. */
import {
  BufferPool,
  collectorStep,
  findMallocTrim,
  idleBuffersStep,
  mallocTrimStep,
  monotonicSeconds,
  ReclaimLadder,
} from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

function burst(pool: BufferPool): void {
  using scope = new DisposableStack();
  for (let i = 0; i < 20; i += 1) scope.use(pool.lease('float32', 1_000_000)).data.fill(1);
}

// #region wrong
async function wrong(): Promise<WayResult> {
  const pool = new BufferPool();
  burst(pool);
  return { keeps: pool }; // what the burst needed stays, however long nothing happens
}
// #endregion

// #region right
async function right(): Promise<WayResult> {
  const pool = new BufferPool();
  burst(pool);
  const steps = [idleBuffersStep(pool), collectorStep()];
  const trim = await findMallocTrim();
  if (trim !== undefined) steps.push(mallocTrimStep(trim));
  const ladder = new ReclaimLadder(steps, { clock: monotonicSeconds, rss: () => process.memoryUsage.rss() });
  await ladder.reclaim();
  return { keeps: pool };
}
// #endregion

await compare(import.meta.url, {
  section: '1b',
  title: 'Clear caches and collect',
  seenIn: 'buffers kept',
  wrong,
  right,
});
