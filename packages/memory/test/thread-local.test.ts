import { expect, test } from 'vitest';
import { Ledger, ThreadLocal } from '../src/index.ts';

function newLedger(): Ledger {
  return new Ledger({ clock: () => 0, thread: 'test' });
}

test('the value is made at the first use, once, and is in the ledger', () => {
  const ledger = newLedger();
  let made = 0;
  using scratch = new ThreadLocal({
    kind: 'Scratch',
    make: (atLeast) => {
      made += 1;
      return new Float64Array(atLeast);
    },
    sizeOf: (values) => values.length,
    bytesOf: (values) => values.byteLength,
    ledger,
  });
  expect(ledger.liveCount).toBe(0);
  const first = scratch.get(100);
  expect(scratch.get(50)).toBe(first);
  expect(scratch.get()).toBe(first);
  expect(made).toBe(1);
  expect(ledger.snapshot().byKind.Scratch).toMatchObject({ live: 1, bytes: 800 });
});

test('a larger use makes a larger one in its place', () => {
  const ledger = newLedger();
  using scratch = ThreadLocal.float32('Scratch', { ledger });
  scratch.get(10);
  expect(scratch.get(20).length).toBe(20);
  expect(ledger.snapshot().byKind.Scratch).toMatchObject({ live: 1, bytes: 80, peakBytes: 80 });
});

test('after disposal nothing is live, and the next use makes a new one', () => {
  const ledger = newLedger();
  const scratch = ThreadLocal.uint8('Scratch', { ledger });
  const first = scratch.get(10);
  scratch[Symbol.dispose]();
  scratch[Symbol.dispose]();
  expect(ledger.liveCount).toBe(0);
  expect(scratch.get(10)).not.toBe(first);
  expect(ledger.liveCount).toBe(1);
});

test.each([-1, Number.NaN])('a size of %s is refused', (size) => {
  using scratch = ThreadLocal.float32('Scratch');
  expect(() => scratch.get(size)).toThrow(RangeError);
});

test('what the ledger refuses is not kept beside it', () => {
  const ledger = newLedger();
  const bytesOf = (): number => Number.NaN;
  const make = (atLeast: number): number => atLeast;
  using local = new ThreadLocal({ kind: 'Wrong', make, sizeOf: (size) => size, bytesOf, ledger });
  for (const _turn of [1, 2]) expect(() => local.get(3)).toThrow(RangeError);
});
