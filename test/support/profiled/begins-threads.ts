/** Begins a thread from a file, and two whose code is text. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const text = 'setTimeout(() => undefined, 100)';
const options = { eval: true } as const;
const threads = [
  new Worker(new URL('./waits.ts', import.meta.url), { name: 'from-a-file' }),
  new Worker(text, options),
  new Worker(text, options),
];
await Promise.all(threads.map((thread) => once(thread, 'exit')));
