import { spawn } from 'node:child_process';
import { endedChildrenCpuSeconds, peakRss, type ResidentMemory, residentMemory } from './resident-memory.ts';

export interface ProcessOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Longest time that it may take. */
  readonly timeoutSeconds?: number;
  /** Called about every 20 ms while it lives. */
  readonly onMemory?: (memory: ResidentMemory, elapsedSeconds: number) => void;
}

export interface MeasuredProcess {
  readonly output: string;
  readonly wallSeconds: number;
  /** User and system time of the process and all that it started, in steps of 10 ms. */
  readonly cpuSeconds: number;
  /** Its highest RSS, up to 20 ms before its end. */
  readonly peakRssBytes: number;
}

const lookEveryMilliseconds = 20;

/**
 * Runs a program to its end, one at a time.
 *
 * @throws Error with what it wrote to standard error, unless it ends with exit code 0.
 */
export async function measureProcess(order: ProcessOrder): Promise<MeasuredProcess> {
  const cpuBefore = endedChildrenCpuSeconds();
  const startedAt = performance.now();
  const child = spawn(order.command, order.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...order.environment },
    timeout: (order.timeoutSeconds ?? 600) * 1000,
  });
  const text = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.errors += chunk;
  });
  let peak = 0;
  const look = setInterval(() => {
    if (child.pid === undefined) return;
    peak = Math.max(peak, peakRss(child.pid) ?? 0);
    if (order.onMemory === undefined) return;
    const memory = residentMemory(child.pid);
    if (memory !== undefined) order.onMemory(memory, (performance.now() - startedAt) / 1000);
  }, lookEveryMilliseconds);
  const ended = Promise.withResolvers<number>();
  child.on('error', ended.reject);
  child.on('close', (code, signal) => ended.resolve(code ?? (signal === null ? 70 : 128)));
  try {
    const code = await ended.promise;
    if (code !== 0)
      throw new Error(
        `${order.command} ${order.args.join(' ')} ended with exit code ${code}: ${text.errors.slice(0, 1500)}`,
      );
  } finally {
    clearInterval(look);
  }
  return {
    output: text.output,
    wallSeconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: endedChildrenCpuSeconds() - cpuBefore,
    peakRssBytes: peak,
  };
}
