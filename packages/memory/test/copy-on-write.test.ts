import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BudgetExceededError,
  BufferPool,
  CopyCounts,
  CopyOnWrite,
  Ledger,
  LimitingPool,
  UseAfterDisposeError,
} from '../src/index.ts';

function newPool(): BufferPool {
  return new BufferPool({ ledger: new Ledger({ clock: () => 0, thread: 'test' }) });
}

test('over random schedules a holder never sees what another wrote, and nothing is copied without need', () => {
  const step = fc.record({
    do: fc.constantFrom('take', 'share', 'copy', 'write', 'write', 'dispose'),
    pick: fc.nat(),
    value: fc.integer({ min: 1, max: 250 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      using pool = newPool();
      const counts = new CopyCounts();
      const holders: { holder: CopyOnWrite<'uint8'>; expected: number[]; group: object }[] = [];
      let copies = 0;
      for (const { do: what, pick, value } of steps) {
        const at = pick % Math.max(1, holders.length);
        const chosen = holders[at];
        if (what === 'take') {
          const lease = pool.lease('uint8', 4);
          lease.data.fill(value);
          const expected = [value, value, value, value];
          holders.push({ holder: CopyOnWrite.take('uint8', lease, pool, counts), expected, group: {} });
        } else if (chosen === undefined) {
          continue;
        } else if (what === 'share') {
          holders.push({ ...chosen, holder: chosen.holder.share(), expected: [...chosen.expected] });
        } else if (what === 'copy') {
          copies += 1;
          holders.push({ holder: chosen.holder.copy(), expected: [...chosen.expected], group: {} });
        } else if (what === 'write') {
          const others = holders.filter((one) => one !== chosen && one.group === chosen.group).length;
          expect(chosen.holder.holders).toBe(others + 1);
          if (others > 0) {
            copies += 1;
            chosen.group = {};
          }
          chosen.holder.write()[pick % 4] = value;
          chosen.expected[pick % 4] = value;
        } else {
          chosen.holder[Symbol.dispose]();
          chosen.holder[Symbol.dispose]();
          expect(() => chosen.holder.data).toThrow(UseAfterDisposeError);
          holders.splice(at, 1);
        }
        for (const { holder, expected } of holders) expect([...holder.data]).toEqual(expected);
        expect(counts.report().reduce((sum, one) => sum + one.copies, 0)).toBe(copies);
        expect(pool.counters.leased).toBe(new Set(holders.map((one) => one.group)).size);
      }
      for (const { holder } of holders) holder[Symbol.dispose]();
      expect(pool.counters.leased).toBe(0);
    }),
  );
});

test('a copy that was never changed counts as needless, and its line is named', () => {
  using pool = newPool();
  const counts = new CopyCounts();
  using frame = CopyOnWrite.take('uint8', pool.lease('uint8', 1000), pool, counts);
  for (let i = 0; i < 20; i += 1) {
    using copy = frame.copy();
    expect(copy.data.length).toBe(1000);
  }
  for (let i = 0; i < 20; i += 1) {
    using copy = frame.copy();
    copy.write()[0] = 1;
  }
  const [worst, other] = counts.report();
  expect(worst).toMatchObject({ copies: 20, bytes: 20_000, needless: 20, needlessBytes: 20_000 });
  expect(worst?.site).toMatch(/copy-on-write\.test\.ts:\d+:\d+$/);
  expect(other).toMatchObject({ copies: 20, needless: 0 });
  expect(other?.site).not.toBe(worst?.site);
});

test('a copy that one of its sharers has changed was needed, whoever asked for it', () => {
  using pool = newPool();
  const counts = new CopyCounts();
  using frame = CopyOnWrite.take('uint8', pool.lease('uint8', 1000), pool, counts);
  for (let i = 0; i < 20; i += 1) {
    using copy = frame.copy();
    using sharer = copy.share();
    copy[Symbol.dispose]();
    sharer.write()[0] = 1;
  }
  expect(counts.report()).toMatchObject([{ copies: 20, needless: 0 }]);
});

test('a copy for which there is no memory is not counted, and the original stays as it was', () => {
  using pool = new LimitingPool(newPool(), 300);
  const counts = new CopyCounts();
  using original = CopyOnWrite.take('uint8', pool.lease('uint8', 200), pool, counts);
  using shared = original.share();
  expect(() => original.copy()).toThrow(BudgetExceededError);
  expect(() => shared.write()).toThrow(BudgetExceededError);
  expect(counts.report()).toEqual([]);
  expect(original.holders).toBe(2);
});
