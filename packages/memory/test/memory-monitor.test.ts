import { expect, test } from 'vitest';
import { collectNow, Ledger, MemoryMonitor, SlabPool, threadMemory } from '../src/index.ts';

test('a sample knows the process, the ledger, the slabs and the limit', () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  using slabs = new SlabPool({ ledger });
  using slab = slabs.lease(1_000_000);
  using _session = ledger.track({ kind: 'Session', bytes: 5000 });
  const limit = { limitBytes: 2 ** 30, limitOrigin: 'cgroup v2', machineBytes: 2 ** 34 } as const;
  const monitor = new MemoryMonitor({
    ledger,
    slabs,
    nativeKinds: ['Session'],
    clock: () => 7,
    limit: () => limit,
  });
  const sample = monitor.sample();
  expect(sample).toMatchObject({
    atSeconds: 7,
    nativeBytes: 5000,
    threads: 1,
    liveResources: 2,
    gpus: [],
    ...limit,
  });
  expect(sample.sharedBytes).toBe(slab.buffer.byteLength);
  expect(sample.ledgerBytes).toBe(slab.buffer.byteLength + 5000);
  expect(sample.rssBytes).toBeGreaterThan(10_000_000);
  expect(sample.heapTotalBytes).toBeGreaterThanOrEqual(sample.heapUsedBytes);
  expect(sample.unaccountedBytes).toBe(
    sample.rssBytes - sample.heapTotalBytes - sample.arrayBufferBytes - sample.nativeBytes,
  );
});

test('100 MB of touched array buffers are seen both in RSS and in their own row', () => {
  const monitor = new MemoryMonitor();
  // Buffers of earlier tests must not be freed in between.
  collectNow();
  const before = monitor.sample();
  const buffer = new Uint8Array(100_000_000).fill(1);
  const after = monitor.sample();
  expect(after.arrayBufferBytes - before.arrayBufferBytes).toBeGreaterThanOrEqual(buffer.length);
  expect(after.rssBytes - before.rssBytes).toBeGreaterThan(90_000_000);
});

test('what other threads posted is added until they are forgotten', () => {
  const monitor = new MemoryMonitor();
  const alone = monitor.sample();
  monitor.noteThread({ ...threadMemory('thread-1'), heapUsedBytes: 1e9, heapTotalBytes: 2e9 });
  const both = monitor.sample();
  expect(both.threads).toBe(2);
  expect(both.heapTotalBytes - alone.heapTotalBytes).toBeGreaterThan(1.9e9);
  monitor.forgetThread('thread-1');
  expect(monitor.sample().threads).toBe(1);
});

test('the limit is read again only after its time', () => {
  let now = 0;
  let reads = 0;
  const limit = (): { limitBytes: undefined; limitOrigin: 'none'; machineBytes: number } => {
    reads += 1;
    return { limitBytes: undefined, limitOrigin: 'none', machineBytes: 1 };
  };
  const monitor = new MemoryMonitor({ clock: () => now, limit, limitEverySeconds: 10 });
  for (now = 0; now < 25; now += 1) monitor.sample();
  expect(reads).toBe(3);
});
