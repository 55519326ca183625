import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockSizeOf } from '../src/buffer-pool.ts';
import { BufferPool, type ElementType, Ledger, UseAfterDisposeError } from '../src/index.ts';

function newLedger(): Ledger {
  return new Ledger({ clock: () => 0, thread: 'test' });
}

const elementType = fc.constantFrom<ElementType>('uint8', 'int32', 'float32', 'float64');

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

test('an observer that fails keeps neither the buffer nor the news from the others', () => {
  using pool = new BufferPool({ ledger: newLedger() });
  const told: string[] = [];
  const lease = pool.lease('uint8', 1000);
  lease.observe({ leaseReturned: () => void told.push('first') });
  lease.observe({
    leaseReturned: () => {
      throw new TypeError('no');
    },
  });
  lease.observe({ leaseReturned: () => void told.push('last') });
  expect(() => lease.return()).toThrow('no');
  lease[Symbol.dispose]();
  expect(told).toEqual(['first', 'last']);
  expect(pool.counters).toMatchObject({ leased: 0, idle: 1, returns: 1 });
});

test('an observer may return the lease that tells it, and none can be added to one that is gone', () => {
  using pool = new BufferPool({ ledger: newLedger() });
  const lease = pool.lease('uint8', 1000);
  const observer = { leaseReturned: (one: Disposable) => one[Symbol.dispose]() };
  lease.observe(observer);
  lease.return();
  expect(pool.counters).toMatchObject({ leased: 0, idle: 1, returns: 1 });
  expect(() => lease.observe(observer)).toThrow(UseAfterDisposeError);
});

test('memory that the system refuses stands in no ledger', () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  using pool = new BufferPool({ ledger });
  expect(() => pool.lease('uint8', 2 ** 46)).toThrow(RangeError);
  expect([ledger.liveCount, pool.counters.allocations]).toEqual([0, 0]);
});

test('a buffer whose bytes were transferred elsewhere leaves the pool when it is returned', () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  using pool = new BufferPool({ ledger });
  for (let i = 0; i < 3; i += 1) {
    using lease = pool.lease('uint8', 1000);
    lease.data.buffer.transfer();
  }
  expect(pool.counters).toMatchObject({ leased: 0, leasedBytes: 0, idle: 0, returns: 3 });
  expect(ledger.liveCount).toBe(0);
});
