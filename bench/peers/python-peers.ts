/** The Python peers: where their interpreters are, and a run of one of them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureProcess } from '../harness/measured-process.ts';

/** One run over one clip. */
export interface PeerRun {
  readonly framesPerSecond: number;
  /** Of the whole process, its start included. */
  readonly cpuMillisecondsPerFrame: number;
  readonly peakRssBytes: number;
  readonly coverage: number;
}

interface PeerAnswer {
  readonly frames: number;
  readonly seconds: number;
  readonly coverage: number;
}

/** Outside of the repository, so that nothing of it can be passed on with it. */
const environment = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'plateau-bench', 'venv');
const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url));

/** An interpreter with the pinned packages, installed at the first call. */
export function opencvPython(): string {
  const python = join(environment, 'bin', 'python');
  if (!existsSync(join(environment, 'ready'))) {
    execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], { stdio: 'inherit' });
    execFileSync('touch', [join(environment, 'ready')]);
  }
  return python;
}

export function canImport(python: string, module: string): boolean {
  return spawnSync(python, ['-c', `import ${module}`], { timeout: 120_000 }).status === 0;
}

/** @param script Name of a file beside this one. @param args After the clip and the model. */
export async function runPythonPeer(
  python: string,
  script: string,
  clip: string,
  model: string,
  args: readonly string[] = [],
): Promise<PeerRun> {
  const file = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const { output, peakRssBytes, cpuSeconds } = await measureProcess({
    command: python,
    args: [file, clip, model, ...args],
    // Where a machine sets these for old builds of numpy's library, they would slow this one down.
    environment: { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined, OPENBLAS_NUM_THREADS: '1' },
  });
  const answer = JSON.parse(output.trim().split('\n').at(-1) ?? '') as PeerAnswer;
  return {
    framesPerSecond: answer.frames / answer.seconds,
    cpuMillisecondsPerFrame: (cpuSeconds / answer.frames) * 1000,
    peakRssBytes,
    coverage: answer.coverage,
  };
}
