/** Runs the `plateau` command from source, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

// A process of its own takes as long as the machine lets it: a busy one needs patience, and only a hang is a fault.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

export const repository = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('../../src/cli/plateau.ts', import.meta.url));

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** Arguments of Node ahead of the program. */
  readonly nodeArguments?: readonly string[];
}

export interface FinishedRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** The command as a child process, its settings as `bin/plateau.js` makes them. */
export function spawnPlateau(args: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawn(
    process.execPath,
    ['--conditions=source', ...(options.nodeArguments ?? []), program, ...args],
    {
      cwd: options.cwd ?? repository,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        MALLOC_ARENA_MAX: '2',
        UV_THREADPOOL_SIZE: '32',
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

/** Runs the command to its end. A run that outlasts its time is killed, and shows as a signal. */
export async function plateau(args: readonly string[], options: RunOptions = {}): Promise<FinishedRun> {
  const started = performance.now();
  const child = spawnPlateau(args, options);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const impatience = setTimeout(() => child.kill('SIGKILL'), (options.timeoutSeconds ?? 60) * 1000);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(impatience);
  return { code, signal, ...output, seconds: (performance.now() - started) / 1000 };
}
