/** One suite that every source of buffers has to pass: the pool, each adaptor over it, and all of them together. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BudgetExceededError,
  type BufferLease,
  BufferPool,
  type BufferSource,
  DoubleReturnError,
  type ElementType,
  type ForgottenLease,
  LeakDetectingPool,
  Ledger,
  LimitingPool,
  MemoryError,
  StaleLeaseError,
  StatisticsPool,
  TrackingPool,
  UseAfterDisposeError,
} from '../src/index.ts';
import { collectGarbage } from './garbage.ts';

const ledger = new Ledger({ clock: () => 0, thread: 'test' });

function pool(): BufferPool {
  return new BufferPool({ ledger });
}

const plenty = 1e9;
const sources: readonly [string, () => BufferSource][] = [
  ['BufferPool', pool],
  ['LimitingPool', () => new LimitingPool(pool(), plenty)],
  ['StatisticsPool', () => new StatisticsPool(pool())],
  ['TrackingPool', () => new TrackingPool(pool(), { ledger })],
  ['LeakDetectingPool, off', () => new LeakDetectingPool(pool(), 'off')],
  ['LeakDetectingPool, simple', () => new LeakDetectingPool(pool(), 'simple')],
  ['LeakDetectingPool, paranoid', () => new LeakDetectingPool(pool(), 'paranoid')],
  [
    'all adaptors, one over the other',
    () =>
      new LeakDetectingPool(
        new TrackingPool(new StatisticsPool(new LimitingPool(pool(), plenty)), { ledger }),
        'paranoid',
      ),
  ],
];

describe.each(sources)('%s', (_, make) => {
  test('over random schedules no two holders share bytes, every misuse throws, and the counts agree', () => {
    const action = [
      'lease',
      'lease',
      'return',
      'dispose',
      'use',
      'returnAgain',
      'disposeAgain',
      'trim',
    ] as const;
    const step = fc.record({
      do: fc.constantFrom(...action),
      type: fc.constantFrom<ElementType>('uint8', 'int32', 'float32', 'float64'),
      length: fc.integer({ min: 0, max: 500 }),
      pick: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        using source = make();
        const held: { lease: BufferLease<ElementType>; mark: number }[] = [];
        const returned: BufferLease<ElementType>[] = [];
        let mark = 0;
        for (const one of steps) {
          if (one.do === 'lease') {
            const growth = source.wouldAllocate(one.type, one.length);
            const { allocations } = source.counters;
            const lease = source.lease(one.type, one.length, { stage: 'test' });
            expect(source.counters.allocations - allocations).toBe(growth > 0 ? 1 : 0);
            mark = (mark + 1) % 250;
            expect(lease.data.length).toBe(one.length);
            lease.data.fill(mark);
            held.push({ lease, mark });
          } else if (one.do === 'trim') {
            const { idleBytes } = source.counters;
            expect(source.trim()).toBe(idleBytes);
            expect(source.counters.idleBytes).toBe(0);
          } else if (one.do === 'return' || one.do === 'dispose') {
            const [gone] = held.splice(one.pick % Math.max(1, held.length), 1);
            if (gone === undefined) continue;
            if (one.do === 'return') gone.lease.return();
            else gone.lease[Symbol.dispose]();
            returned.push(gone.lease);
          } else {
            const stale = returned[one.pick % Math.max(1, returned.length)];
            if (stale === undefined) continue;
            if (one.do === 'use') expect(() => stale.data).toThrow(MemoryError);
            else if (one.do === 'returnAgain') expect(() => stale.return()).toThrow(DoubleReturnError);
            else stale[Symbol.dispose]();
          }
          for (const { lease, mark } of held) {
            if (!lease.data.every((value) => value === mark)) expect.fail('another holder wrote here');
          }
          const { leased, leasedBytes, allocations, reuses, returns } = source.counters;
          expect(leased).toBe(held.length);
          expect(leasedBytes).toBe(held.reduce((sum, { lease }) => sum + lease.blockBytes, 0));
          expect(allocations + reuses).toBe(leased + returns);
        }
        for (const { lease } of held) lease.return();
        expect(source.counters).toMatchObject({ leased: 0, leasedBytes: 0 });
      }),
      { numRuns: 150 },
    );
    expect(ledger.liveCount).toBe(0);
  });

  test('a stale lease is told from one whose bytes lie idle', () => {
    using source = make();
    const first = source.lease('uint8', 10);
    first.return();
    expect(() => first.data).toThrow(UseAfterDisposeError);
    using _second = source.lease('uint8', 10);
    expect(() => first.data).toThrow(StaleLeaseError);
  });

  test('once gone it leases nothing, and what comes back late is dropped', () => {
    const source = make();
    const late = source.lease('uint8', 10);
    source[Symbol.dispose]();
    source[Symbol.dispose]();
    expect(() => source.lease('uint8', 10)).toThrow(UseAfterDisposeError);
    late.return();
    expect(source.counters).toMatchObject({ leased: 0, idle: 0 });
    expect(ledger.liveCount).toBe(0);
  });

  test.each([-1, 1.5, Number.NaN])('a length of %s is refused', (length) => {
    using source = make();
    expect(() => source.lease('uint8', length)).toThrow(RangeError);
  });
});

describe('LimitingPool', () => {
  test('over random schedules the limit holds, and is not refused without need', () => {
    const step = fc.record({
      lease: fc.boolean(),
      length: fc.integer({ min: 1, max: 5000 }),
      pick: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        using limited = new LimitingPool(pool(), 10_000);
        const held: BufferLease<'uint8'>[] = [];
        for (const one of steps) {
          if (one.lease) {
            const growth = limited.wouldAllocate('uint8', one.length);
            const { leasedBytes, allocations } = limited.counters;
            try {
              held.push(limited.lease('uint8', one.length));
            } catch (error) {
              expect(error).toBeInstanceOf(BudgetExceededError);
              expect(leasedBytes + growth).toBeGreaterThan(10_000);
              expect(limited.counters.allocations).toBe(allocations);
            }
          } else {
            held.splice(one.pick % Math.max(1, held.length), 1)[0]?.return();
          }
          expect(limited.heldBytes).toBeLessThanOrEqual(10_000);
        }
        for (const lease of held) lease.return();
      }),
    );
  });

  test('a lease that cannot be served leaves the idle buffers alone', () => {
    using limited = new LimitingPool(pool(), 4096);
    limited.lease('uint8', 1024).return();
    expect(() => limited.lease('uint8', 8192)).toThrow(BudgetExceededError);
    expect(limited.counters.idleBytes).toBe(1024);
  });
});

test('StatisticsPool knows peaks, shares and for whom', () => {
  using source = new StatisticsPool(pool());
  const first = source.lease('uint8', 1000, { stage: 'masks', camera: 'belt-1' });
  const second = source.lease('uint8', 1000, { stage: 'masks' });
  first.return();
  second.return();
  using _third = source.lease('uint8', 1000);
  expect(source.statistics).toEqual({
    leases: 3,
    returns: 2,
    peakLeased: 2,
    peakLeasedBytes: 2048,
    reuseRatio: 1 / 3,
    leasesByStage: { masks: 2 },
    leasesByCamera: { 'belt-1': 1 },
  });
});

test('TrackingPool lists who holds what', () => {
  const tracking = new Ledger({ clock: () => 0, thread: 'test' });
  using source = new TrackingPool(pool(), { ledger: tracking });
  using _lease = source.lease('uint8', 10, { stage: 'masks', camera: 'belt-1' });
  const record = tracking.snapshot().records.find((one) => one.kind === 'BufferLease');
  expect(record).toMatchObject({ stage: 'masks', camera: 'belt-1' });
  expect(record?.site).toMatch(/buffer-source\.test\.ts:\d+:\d+$/);
});

describe('LeakDetectingPool', () => {
  function plant(source: BufferSource, count: number): void {
    for (let i = 0; i < count; i += 1) source.lease('uint8', 10, { stage: 'masks' });
  }

  test('paranoid names each of 1,000 forgotten leases with its line', async () => {
    using source = new LeakDetectingPool(pool(), 'paranoid');
    const found: ForgottenLease[] = [];
    source.onForgotten = (lease) => found.push(lease);
    plant(source, 1000);
    for (let i = 0; i < 10 && found.length < 1000; i += 1) await collectGarbage();
    expect(found).toHaveLength(1000);
    expect(new Set(found.map((one) => one.site)).size).toBe(1);
    expect(found[0]).toMatchObject({ stage: 'masks', bytes: 256 });
    expect(found[0]?.site).toMatch(/buffer-source\.test\.ts:\d+:\d+$/);
  }, 60_000);

  test('paranoid raises no alarm in 10,000 proper returns', async () => {
    using source = new LeakDetectingPool(pool(), 'paranoid');
    for (let i = 0; i < 10_000; i += 1) source.lease('uint8', 10).return();
    await collectGarbage();
    expect(source.forgotten).toBe(0);
  }, 60_000);

  test('simple finds about one in 128', async () => {
    using source = new LeakDetectingPool(pool(), 'simple');
    plant(source, 1280);
    for (let i = 0; i < 10 && source.forgotten < 10; i += 1) await collectGarbage();
    expect(source.forgotten).toBe(10);
  });
});
