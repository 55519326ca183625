/** What the benchmarks share: nanoseconds an operation, quantiles, and one line for each figure. */
import { cpus } from 'node:os';

/** Runs `operation(times)` a few times after warming up. @returns The best nanoseconds for one, as interference only adds. */
export function nanosecondsEach(times: number, operation: (times: number) => void): number {
  operation(times);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round += 1) {
    const started = performance.now();
    operation(times);
    best = Math.min(best, ((performance.now() - started) * 1e6) / times);
  }
  return best;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function say(what: string, figure: string): void {
  console.log(`${what.padEnd(64)} ${figure}`);
}

export function sayMachine(): void {
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'} x ${cpus().length}, ${process.platform}`,
  );
}
