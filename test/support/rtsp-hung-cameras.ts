/**
 * The process of the hung cameras' test: one capture thread, and meanwhile this thread reads a file again and again.
 * Prints one line of JSON at the end; SIGTERM stops it. Arguments: the addresses, the
 * healthy one last; without any it only reads the file, which tells what the machine itself takes at this moment.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

async function readingTimes(until: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!until()) {
    const began = performance.now();
    await readFile(new URL(import.meta.url));
    times.push(performance.now() - began);
    await delay(5);
  }
  return times.sort((a, b) => a - b);
}

function p99(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

let stopping = false;
process.once('SIGTERM', () => {
  stopping = true;
});
const urls = process.argv.slice(2);
console.log('started');
if (urls.length === 0) {
  const readings = await readingTimes(() => stopping);
  console.log(JSON.stringify({ readings: readings.length, p99: p99(readings) }));
} else {
  const worker = new Worker(new URL('./rtsp-hung-cameras-worker.ts', import.meta.url), {
    workerData: { urls },
  });
  const result = new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const readings = await readingTimes(() => stopping);
  worker.postMessage('stop');
  const report = await result;
  const exitCode = await ended;
  console.log(JSON.stringify({ report, exitCode, readings: readings.length, p99: p99(readings) }));
}
