import { expect, test } from 'vitest';
import { diffLedgerSnapshots, type LeakPlace, Ledger, PlantedLeak } from '../src/index.ts';
import { collectGarbage } from './garbage.ts';

const places: readonly LeakPlace[] = ['v8', 'array-buffer', 'shared', 'native'];

test.each(places)(
  'a leak planted in %s is resident, where it says, and in the ledger with its line',
  async (place) => {
    const ledger = new Ledger({ clock: () => 0, thread: 'test' });
    const before = ledger.snapshot();
    await collectGarbage();
    const memory = process.memoryUsage();
    const rss = process.memoryUsage.rss();
    const leak = await PlantedLeak.plant(place, ledger);
    if (leak === undefined) throw new Error('this machine cannot plant native leaks');
    for (let i = 0; i < 200; i += 1) leak.leak(500_000, 'belt-1');
    await collectGarbage();
    const after = process.memoryUsage();
    expect(process.memoryUsage.rss() - rss).toBeGreaterThan(60_000_000);
    if (place === 'v8') expect(after.heapUsed - memory.heapUsed).toBeGreaterThan(90_000_000);
    const inBuffers = place === 'array-buffer' || place === 'shared';
    if (inBuffers) expect(after.arrayBuffers - memory.arrayBuffers).toBeGreaterThanOrEqual(99_900_000);
    const diff = diffLedgerSnapshots(before, ledger.snapshot());
    expect(diff.growth[0]).toEqual({
      by: 'kind',
      name: `PlantedLeak (${place})`,
      live: 200,
      bytes: 100_000_000,
    });
    expect(diff.suspects.some((one) => /planted-leak\.test\.ts:\d+:\d+$/.test(one.site ?? ''))).toBe(true);
    leak[Symbol.dispose]();
    expect(ledger.liveCount).toBe(0);
  },
);
