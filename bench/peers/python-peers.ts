/** The Python peers: where their interpreters are, and a run of one of them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureProcess, type ProcessOrder } from '../harness/measured-process.ts';

/** One run over one clip. */
export interface PeerRun {
  readonly framesPerSecond: number;
  /** Of the whole process, its start included. */
  readonly cpuMillisecondsPerFrame: number;
  readonly peakRssBytes: number;
  /** Mean over the pictures; `null` where a contender does only a part of the work. */
  readonly coverage: number | null;
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
  const installed = join(environment, 'ready');
  const wanted = readFileSync(requirements, 'utf8');
  if (readIfThere(installed) !== wanted) {
    execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], { stdio: 'inherit' });
    writeFileSync(installed, wanted);
  }
  return python;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws Error where an interpreter that was named cannot import what it was named for. */
export function mustImport(python: string, module: string): void {
  const { status, stderr } = spawnSync(python, ['-c', `import ${module}`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${python} cannot import ${module}: ${stderr.trim().split('\n').at(-1)}`);
}

/** @param script Name of a file beside this one. @param args After the clip and the model. */
export async function runPythonPeer(
  python: string,
  script: string,
  clip: string,
  model: string,
  args: readonly string[] = [],
  onMemory?: ProcessOrder['onMemory'],
): Promise<PeerRun> {
  const file = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const { output, peakRssBytes, cpuSeconds } = await measureProcess({
    command: python,
    args: [file, clip, model, ...args],
    // Where a machine sets these for old builds of numpy's library, they would slow this one down.
    environment: { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined, OPENBLAS_NUM_THREADS: '1' },
    ...(onMemory === undefined ? {} : { onMemory }),
  });
  const answer = JSON.parse(output.trim().split('\n').at(-1) ?? '') as PeerAnswer;
  return {
    framesPerSecond: answer.frames / answer.seconds,
    cpuMillisecondsPerFrame: (cpuSeconds / answer.frames) * 1000,
    peakRssBytes,
    coverage: answer.coverage,
  };
}
