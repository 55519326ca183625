import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrowingCounts, ledgerPileUps } from '../src/index.ts';
import { Ledger } from '../src/ledger.ts';

function foundOf(live: readonly number[], rule = {}): number {
  const counts = new GrowingCounts(rule);
  return live.reduce(
    (found, count, at) => found + counts.check((at + 1) * 100, [['Result', count]]).length,
    0,
  );
}

test('a count that has grown at three checks in a row is found, from then on', () => {
  expect(foundOf([100, 200, 300])).toBe(0);
  expect(foundOf([100, 200, 300, 400])).toBe(1);
  expect(foundOf([100, 200, 300, 400, 500])).toBe(2);
});

test('growth that is too slow, or too little altogether, is none', () => {
  expect(foundOf([1, 2, 3, 4, 5])).toBe(0);
  expect(foundOf([1, 2, 3, 4], { leastPerFrame: 0.01 })).toBe(1);
  expect(foundOf([1, 2, 3, 4], { leastPerFrame: 0.01, least: 4 })).toBe(0);
});

test('without frames nothing grows with them', () => {
  const counts = new GrowingCounts();
  for (let check = 0; check < 6; check += 1)
    expect(counts.check(100, [['Result', 1000 * check]])).toEqual([]);
});

test('whatever falls once within the checks is never found, whatever rises by enough each time always is', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 4, maxLength: 12 }), (steps) => {
      const counts = new GrowingCounts();
      let live = 1e6;
      for (const [at, step] of steps.entries()) {
        live += step;
        const lastSteps = steps.slice(Math.max(0, at - 2), at + 1);
        const isExpected =
          at >= 3 && lastSteps.every((one) => one > 0) && lastSteps.reduce((a, b) => a + b) / 300 >= 0.1;
        expect(counts.check((at + 1) * 100, [['Result', live]]).length).toBe(isExpected ? 1 : 0);
      }
    }),
  );
});

test('of a ledger, kinds that grow are found with the place where most were made', () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  const counts = new GrowingCounts();
  using steady = ledger.track({ kind: 'Steady', bytes: 1 });
  expect(steady).toBeDefined();
  for (let check = 0; check < 4; check += 1) {
    for (let frame = 0; frame < 20; frame += 1) ledger.track({ kind: 'Kept', bytes: 1 });
    const found = ledgerPileUps(counts, check * 20, ledger.snapshot());
    expect(found.map(({ kind }) => kind)).toEqual(check < 3 ? [] : ['Kept']);
    if (check === 3) expect(found[0]?.site).toMatch(/growing-counts\.test\.ts:\d+/);
  }
});
