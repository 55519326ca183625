/** 3b. Atomic operations: a counter that four threads add to. No lock is needed, and nothing is lost. */
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { AtomicCounter, type AtomicCounterHandle } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const threads = 4;
const milliseconds = 400;

/** What each thread is given: the counter, and another one that is sure, to know how often was added. */
interface Job {
  readonly plain?: Int32Array;
  readonly handle?: AtomicCounterHandle;
  readonly added: AtomicCounterHandle;
}

// #region wrong
function countUnsafely(shared: Int32Array, times: number): void {
  for (let i = 0; i < times; i += 1) shared[0] = (shared[0] ?? 0) + 1; // read, add, write: three steps
}
// #endregion

// #region right
function countSafely(counter: AtomicCounter, times: number): void {
  for (let i = 0; i < times; i += 1) counter.add();
}
// #endregion

function work({ plain, handle, added }: Job): void {
  const counter = handle === undefined ? undefined : AtomicCounter.attach(handle);
  const turn = 10_000;
  const end = performance.now() + milliseconds;
  for (; performance.now() < end; AtomicCounter.attach(added).add(turn)) {
    if (plain !== undefined) countUnsafely(plain, turn);
    if (counter !== undefined) countSafely(counter, turn);
  }
}

/** @returns How often the threads added. */
async function inThreads(job: Omit<Job, 'added'>): Promise<number> {
  const added = AtomicCounter.create();
  const start = (): Worker =>
    new Worker(new URL(import.meta.url), { workerData: { ...job, added: added.handle } });
  const workers = Array.from({ length: threads }, start);
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  return added.value;
}

async function wrong(): Promise<WayResult> {
  const plain = new Int32Array(new SharedArrayBuffer(4));
  const added = await inThreads({ plain });
  return { figures: { 'counts lost': added - (plain[0] ?? 0) } };
}

async function right(): Promise<WayResult> {
  const counter = AtomicCounter.create();
  const added = await inThreads({ handle: counter.handle });
  return { figures: { 'counts lost': added - counter.value } };
}

if (isMainThread) {
  await compare(import.meta.url, {
    section: '3b',
    title: 'Atomic operations',
    seenIn: 'counts lost',
    wrong,
    right,
  });
} else {
  work(workerData as Job);
}
