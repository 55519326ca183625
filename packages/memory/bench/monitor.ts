/**
 * Point of section 5b: a sample of the monitor, p99 ≤ 50 µs. `node --conditions=source packages/memory/bench/monitor.ts`
 */
import { MemoryMonitor, SlabPool } from '../src/index.ts';
import { quantile, say, sayMachine } from './clock.ts';

sayMachine();
const monitor = new MemoryMonitor({ slabs: new SlabPool() });
const microseconds: number[] = [];
for (let i = 0; i < 20_000; i += 1) {
  const started = performance.now();
  monitor.sample();
  if (i >= 1000) microseconds.push((performance.now() - started) * 1000);
}
for (const share of [0.5, 0.9, 0.99, 0.999]) {
  say(`MemoryMonitor.sample p${share * 100}`, `${quantile(microseconds, share).toFixed(1)} µs`);
}
