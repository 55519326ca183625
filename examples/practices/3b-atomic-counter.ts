/** 3b. Atomic operations: a counter that four threads add to. No lock is needed, and nothing is lost. */
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { AtomicCounter, type AtomicCounterHandle } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const threads = 4;
const times = 500_000;

// #region wrong
function countUnsafely(shared: Int32Array): void {
  for (let i = 0; i < times; i += 1) shared[0] = (shared[0] ?? 0) + 1; // read, add, write: three steps
}
// #endregion

// #region right
function countSafely(handle: AtomicCounterHandle): void {
  const counter = AtomicCounter.attach(handle);
  for (let i = 0; i < times; i += 1) counter.add();
}
// #endregion

async function inThreads(job: { plain: Int32Array } | { handle: AtomicCounterHandle }): Promise<void> {
  const gate = new Int32Array(new SharedArrayBuffer(4)); // opens when the last thread has come
  const start = (): Worker => new Worker(new URL(import.meta.url), { workerData: { ...job, gate } });
  const workers = Array.from({ length: threads }, start);
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
}

async function wrong(): Promise<WayResult> {
  const plain = new Int32Array(new SharedArrayBuffer(4));
  await inThreads({ plain });
  return { figures: { 'counts lost': threads * times - (plain[0] ?? 0) } };
}

async function right(): Promise<WayResult> {
  const counter = AtomicCounter.create();
  await inThreads({ handle: counter.handle });
  return { figures: { 'counts lost': threads * times - counter.value } };
}

if (!isMainThread) {
  const job = workerData as { plain?: Int32Array; handle?: AtomicCounterHandle; gate: Int32Array };
  Atomics.add(job.gate, 0, 1);
  Atomics.notify(job.gate, 0);
  for (let here = Atomics.load(job.gate, 0); here < threads; here = Atomics.load(job.gate, 0)) {
    Atomics.wait(job.gate, 0, here);
  }
  if (job.plain !== undefined) countUnsafely(job.plain);
  if (job.handle !== undefined) countSafely(job.handle);
} else {
  await compare(import.meta.url, {
    section: '3b',
    title: 'Atomic operations',
    seenIn: 'counts lost',
    wrong,
    right,
  });
}
