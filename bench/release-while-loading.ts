/**
 * Does giving back the pages of program files harm a library that is being loaded meanwhile? Processes that do nothing else:
 * worker threads load ONNX Runtime and FFmpeg while the main thread gives back without a pause. Counts those that end otherwise
 * than by themselves. `node --conditions=source bench/release-while-loading.ts [--processes 100]`; a busy machine shows more.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { ResidentPages } from '@plateau/memory';
import { report } from './harness/results.ts';

const libraries = ['onnxruntime-node', 'node-av/lib'];
const { values } = parseArgs({
  options: { processes: { type: 'string', default: '100' }, subject: { type: 'boolean', default: false } },
});

if (values.subject) await loadWhileReleasing();
else count(Number(values.processes));

async function loadWhileReleasing(): Promise<never> {
  const pages = await ResidentPages.find();
  if (pages === undefined)
    throw new Error('Pages cannot be given back here: Linux with glibc and koffi is needed.');
  const release = (): void => {
    pages.release();
    setImmediate(release);
  };
  release();
  const loads = libraries.map((name) => {
    const code = `import(${JSON.stringify(import.meta.resolve(name))})`;
    return once(new Worker(code, { eval: true }), 'exit');
  });
  await Promise.all(loads);
  process.exit(0);
}

function count(processes: number): void {
  let crashed = 0;
  for (let started = 0; started < processes; started += 1) {
    const args = ['--conditions=source', fileURLToPath(import.meta.url), '--subject'];
    const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status === 0) continue;
    crashed += 1;
    process.stdout.write(`process ${started + 1} ended by ${signal ?? `exit code ${status}`}\n`);
  }
  report('release-while-loading', { processes, crashed }, [`${crashed} of ${processes} crashed`]);
}
