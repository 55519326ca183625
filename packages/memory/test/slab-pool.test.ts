import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BudgetExceededError,
  Ledger,
  MemoryBudget,
  type SlabLease,
  SlabPool,
  UseAfterDisposeError,
} from '../src/index.ts';
import { slabClassOf } from '../src/slab-pool.ts';
import { collectGarbage } from './garbage.ts';

function newLedger(): Ledger {
  return new Ledger({ clock: () => 0, thread: 'test' });
}

const budgetBytes = 2_000_000;

test('over random schedules no two holders share a slab, the budget holds, and pool and ledger agree', () => {
  const step = fc.record({
    do: fc.constantFrom('lease', 'lease', 'return', 'trim', 'detain', 'finish'),
    bytes: fc.integer({ min: 1, max: 600_000 }),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ledger = newLedger();
      using slabs = new SlabPool({ ledger, budgetBytes });
      const held: SlabLease[] = [];
      const inUse = new Set<SharedArrayBuffer>();
      for (const one of steps) {
        if (one.do === 'lease') {
          try {
            const lease = slabs.lease(one.bytes, { camera: `camera-${one.pick % 3}` });
            expect(lease.buffer.byteLength).toBeGreaterThanOrEqual(one.bytes);
            expect(inUse.has(lease.buffer)).toBe(false);
            expect(held.some((other) => other.buffer === lease.buffer)).toBe(false);
            held.push(lease);
          } catch (error) {
            expect(error).toBeInstanceOf(BudgetExceededError);
            expect(slabs.heldBytes + slabClassOf(one.bytes)).toBeGreaterThan(budgetBytes);
          }
        } else if (one.do === 'trim') {
          slabs.trim();
        } else if (one.do === 'finish') {
          inUse.clear();
        } else {
          const [gone] = held.splice(one.pick % Math.max(1, held.length), 1);
          if (gone === undefined) continue;
          const { buffer } = gone;
          if (one.do === 'detain') {
            inUse.add(buffer);
            gone.inUse = () => inUse.has(buffer);
          }
          gone[Symbol.dispose]();
          gone[Symbol.dispose]();
          expect(() => gone.buffer).toThrow(UseAfterDisposeError);
        }
        const { leased, leasedBytes, idleBytes, detainedBytes, condemnedBytes, heldBytes } = slabs.counters;
        expect(leased).toBe(held.length);
        expect(heldBytes).toBe(leasedBytes + idleBytes + detainedBytes + condemnedBytes);
        expect(heldBytes).toBeLessThanOrEqual(budgetBytes);
        expect(ledger.bytes).toBe(leasedBytes + idleBytes + detainedBytes);
      }
      for (const lease of held) lease[Symbol.dispose]();
      inUse.clear();
      slabs.trim();
      expect(ledger.liveCount).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('a camera that changes its size back and forth is served from two slabs', () => {
  using slabs = new SlabPool({ ledger: newLedger() });
  for (let i = 0; i < 200; i += 1) {
    using _slab = slabs.lease(i % 2 === 0 ? 320 * 320 * 12 : 640 * 640 * 12);
  }
  expect(slabs.counters).toMatchObject({ allocations: 2, reuses: 198, leased: 0, idle: 2 });
});

test('a slab that was dropped counts against the budget until the collector has taken it', async () => {
  using slabs = new SlabPool({ ledger: newLedger(), budgetBytes: 1024 * 1024 });
  slabs.lease(1024 * 1024)[Symbol.dispose]();
  slabs.trim();
  expect(slabs.counters).toMatchObject({ idleBytes: 0, condemnedBytes: 1024 * 1024 });
  expect(() => slabs.lease(64 * 1024)).toThrow('await the collector');
  await collectGarbage();
  expect(slabs.counters.condemnedBytes).toBe(0);
  using _slab = slabs.lease(64 * 1024);
});

test('the error of a spent budget holds the figures', () => {
  using slabs = new SlabPool({ ledger: newLedger(), budgetBytes: 100_000 });
  using _slab = slabs.lease(1);
  expect(() => slabs.lease(50_000)).toThrow(
    expect.objectContaining({
      code: 'ERR_BUDGET_EXCEEDED',
      requestedBytes: 65_536,
      budgetBytes: 100_000,
      usedBytes: 65_536,
    }),
  );
});

test('a slab class holds what was asked for in whole pages and wastes at most a quarter and a page', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (bytes) => {
      const size = slabClassOf(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size % 4096).toBe(0);
      if (bytes > 64 * 1024) expect(size).toBeLessThanOrEqual(bytes * 1.25 + 4096);
      expect(slabClassOf(size)).toBe(size);
    }),
  );
});

test.each([0, -1, 0.5, Number.NaN])('a slab of %s bytes is refused', (bytes) => {
  using slabs = new SlabPool({ ledger: newLedger() });
  expect(() => slabs.lease(bytes)).toThrow(RangeError);
});

test('memory that the system refuses spends no budget', () => {
  const budget = new MemoryBudget('all', 2 ** 50);
  using slabs = new SlabPool({ budget });
  for (let i = 0; i < 20; i += 1) expect(() => slabs.lease(2 ** 46)).toThrow(RangeError);
  expect([budget.usedBytes, slabs.heldBytes, slabs.counters.allocations]).toEqual([0, 0, 0]);
});

test('what a pool dropped comes back to its budget, though nobody holds the pool any more', async () => {
  const budget = new MemoryBudget('all', 100e6);
  const useOnce = (): void => {
    using slabs = new SlabPool({ budget });
    using _slab = slabs.lease(10e6);
  };
  for (let i = 0; i < 12; i += 1) {
    useOnce();
    for (let turn = 0; turn < 3; turn += 1) await collectGarbage();
  }
  expect(budget.usedBytes).toBeLessThan(30e6);
});

test('a pool that is gone waits for nobody who still works on a slab: its bytes come back all the same', async () => {
  const ledger = newLedger();
  const budget = new MemoryBudget('shared memory', budgetBytes);
  // Of its own, so that nothing here holds the slabs.
  (() => {
    using slabs = new SlabPool({ ledger, budget });
    const [before, after] = [slabs.lease(100_000), slabs.lease(100_000)];
    for (const lease of [before, after]) lease.inUse = () => true;
    before[Symbol.dispose]();
    expect(slabs.counters.detained).toBe(1);
    slabs[Symbol.dispose]();
    after[Symbol.dispose]();
    expect(slabs.counters).toMatchObject({ detained: 0, detainedBytes: 0, leased: 0, idle: 0 });
  })();
  expect(ledger.liveCount).toBe(0);
  await collectGarbage();
  expect(budget.usedBytes).toBe(0);
});
