import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockSizeOf } from '../src/buffer-pool.ts';
import {
  type BufferLease,
  BufferPool,
  DoubleReturnError,
  type ElementType,
  Ledger,
  MemoryError,
  StaleLeaseError,
  UseAfterDisposeError,
} from '../src/index.ts';

function newLedger(): Ledger {
  return new Ledger({ clock: () => 0, thread: 'test' });
}

const elementType = fc.constantFrom<ElementType>('uint8', 'int32', 'float32', 'float64');

test('over random schedules no two holders share bytes, and every misuse throws', () => {
  const step = fc.record({
    do: fc.constantFrom(
      'lease',
      'lease',
      'return',
      'dispose',
      'useReturned',
      'returnAgain',
      'disposeAgain',
      'trim',
    ),
    type: elementType,
    length: fc.integer({ min: 0, max: 500 }),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const ledger = newLedger();
      using pool = new BufferPool({ ledger });
      const held: { lease: BufferLease<ElementType>; mark: number }[] = [];
      const returned: BufferLease<ElementType>[] = [];
      let mark = 0;
      for (const one of steps) {
        if (one.do === 'lease') {
          const lease = pool.lease(one.type, one.length);
          mark = (mark + 1) % 250;
          lease.data.fill(mark);
          held.push({ lease, mark });
        } else if (one.do === 'trim') {
          pool.trim();
        } else if (one.do === 'return' || one.do === 'dispose') {
          const [gone] = held.splice(one.pick % Math.max(1, held.length), 1);
          if (gone === undefined) continue;
          if (one.do === 'return') gone.lease.return();
          else gone.lease[Symbol.dispose]();
          returned.push(gone.lease);
        } else {
          const stale = returned[one.pick % Math.max(1, returned.length)];
          if (stale === undefined) continue;
          if (one.do === 'useReturned') expect(() => stale.data).toThrow(MemoryError);
          else if (one.do === 'returnAgain') expect(() => stale.return()).toThrow(DoubleReturnError);
          else stale[Symbol.dispose]();
        }
        for (const { lease, mark } of held) {
          if (!lease.data.every((value) => value === mark)) expect.fail('another holder wrote here');
        }
        const { leased, idle, allocations, reuses, returns, leasedBytes, idleBytes } = pool.counters;
        expect(leased).toBe(held.length);
        expect(allocations + reuses).toBe(leased + returns);
        expect(ledger.liveCount).toBe(leased + idle);
        expect(ledger.bytes).toBe(leasedBytes + idleBytes);
      }
      for (const { lease } of held) lease.return();
      pool.trim();
      expect(ledger.liveCount).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('a returned lease tells whether its bytes have gone on to another holder', () => {
  using pool = new BufferPool({ ledger: newLedger() });
  const first = pool.lease('float32', 100);
  first.return();
  expect(() => first.data).toThrow(UseAfterDisposeError);
  using second = pool.lease('float32', 100);
  expect(second.generation).toBeGreaterThan(first.generation);
  expect(() => first.data).toThrow(StaleLeaseError);
  expect(() => first.return()).toThrow(DoubleReturnError);
  first[Symbol.dispose]();
  expect(second.data.length).toBe(100);
});

test('sizes in the steady state are served without any allocation', () => {
  using pool = new BufferPool({ ledger: newLedger() });
  const frame = (): void => {
    using _a = pool.lease('float32', 3 * 320 * 320);
    using _b = pool.lease('uint8', 160 * 160);
    using _c = pool.lease('int32', 1000);
  };
  frame();
  const { allocations } = pool.counters;
  for (let i = 0; i < 1000; i += 1) frame();
  expect(pool.counters.allocations).toBe(allocations);
});

test('a size class holds what was asked for and wastes at most a quarter', () => {
  fc.assert(
    fc.property(elementType, fc.integer({ min: 0, max: 2 ** 28 }), (type, length) => {
      const bytes = length * { uint8: 1, int32: 4, float32: 4, float64: 8 }[type];
      const size = blockSizeOf(type, length);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size % 8).toBe(0);
      if (bytes > 256 && bytes < 2 ** 31) expect(size).toBeLessThanOrEqual(bytes * 1.25);
    }),
  );
});

test('trimming frees at once the largest idle buffers first, and no leased one', () => {
  using pool = new BufferPool({ ledger: newLedger() });
  const small = pool.lease('uint8', 1024);
  const large = pool.lease('uint8', 1_000_000);
  using held = pool.lease('uint8', 2048);
  const view = large.data;
  small.return();
  large.return();
  expect(pool.trim(1024)).toBe(blockSizeOf('uint8', 1_000_000));
  expect(view.length).toBe(0);
  expect(pool.counters).toMatchObject({ idle: 1, idleBytes: 1024, leased: 1 });
  held.data.fill(1);
});

test('a pool that is gone leases nothing, and what comes back late is dropped', () => {
  const ledger = newLedger();
  const pool = new BufferPool({ ledger });
  const late = pool.lease('uint8', 10);
  pool[Symbol.dispose]();
  expect(() => pool.lease('uint8', 10)).toThrow(UseAfterDisposeError);
  expect(ledger.liveCount).toBe(1);
  late.return();
  expect(ledger.liveCount).toBe(0);
});

test.each([-1, 1.5, Number.NaN])('a length of %s is refused', (length) => {
  using pool = new BufferPool({ ledger: newLedger() });
  expect(() => pool.lease('uint8', length)).toThrow(RangeError);
});
