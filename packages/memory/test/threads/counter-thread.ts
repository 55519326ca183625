/** Adds one to a shared counter, so many times. */
import { workerData } from 'node:worker_threads';
import { AtomicCounter, type AtomicCounterHandle } from '../../src/index.ts';

const { handle, times } = workerData as { handle: AtomicCounterHandle; times: number };
const counter = AtomicCounter.attach(handle);
for (let i = 0; i < times; i += 1) counter.add();
