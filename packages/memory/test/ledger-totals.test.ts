import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerTotal } from '../src/index.ts';
import { type LedgerAccount, LedgerTotals } from '../src/ledger-totals.ts';

interface Held {
  readonly account: LedgerAccount;
  bytes: number;
}

const accounts = fc.record({
  kind: fc.constantFrom('Slab', 'Mask'),
  camera: fc.constantFrom('belt-1', 'belt-2', undefined),
  stage: fc.constantFrom('capture', 'inference', undefined),
});
const steps = fc.array(
  fc.record({
    do: fc.constantFrom('enter', 'enter', 'leave', 'resize'),
    account: accounts,
    bytes: fc.nat(100),
    pick: fc.nat(),
  }),
  { maxLength: 60 },
);

test('over random schedules every sum is that of what is held, and every peak the highest of them', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const totals = new LedgerTotals();
      const held: Held[] = [];
      const ever: LedgerAccount[] = [];
      const peaks = new Map<string, number>();
      for (const { do: what, account, bytes, pick } of list) {
        const at = pick % Math.max(1, held.length);
        const chosen = held[at];
        if (what === 'enter') {
          totals.enter(account, bytes);
          held.push({ account, bytes });
          ever.push(account);
        } else if (what === 'resize' && chosen !== undefined) {
          totals.resize(chosen.account, bytes - chosen.bytes);
          chosen.bytes = bytes;
        } else if (what === 'leave' && chosen !== undefined) {
          totals.leave(chosen.account, chosen.bytes);
          held.splice(at, 1);
        }
        const { byKind, byCamera, byStage } = totals.snapshot();
        for (const [by, sums] of [
          ['kind', byKind],
          ['camera', byCamera],
          ['stage', byStage],
        ] as const) {
          const expected: Record<string, LedgerTotal> = {};
          for (const name of new Set(ever.flatMap((one) => one[by] ?? []))) {
            const now = held.filter((one) => one.account[by] === name);
            const sum = now.reduce((all, one) => all + one.bytes, 0);
            const peakBytes = Math.max(peaks.get(`${by} ${name}`) ?? 0, sum);
            peaks.set(`${by} ${name}`, peakBytes);
            const tracked = ever.filter((one) => one[by] === name).length;
            const released = tracked - now.length;
            expected[name] = { live: now.length, bytes: sum, peakBytes, tracked, released };
          }
          expect(sums).toEqual(expected);
        }
        for (const kind of ['Slab', 'Mask']) {
          expect(totals.bytesOf(kind)).toBe(byKind[kind]?.bytes ?? 0);
          expect(totals.trackedOf(kind)).toBe(byKind[kind]?.tracked ?? 0);
        }
      }
    }),
  );
});

test('a snapshot stands still while what it was taken of goes on', () => {
  const totals = new LedgerTotals();
  totals.enter({ kind: 'Slab' }, 5);
  const { byKind } = totals.snapshot();
  totals.leave({ kind: 'Slab' }, 5);
  expect(byKind.Slab).toMatchObject({ live: 1, bytes: 5 });
});

test('of many cameras those that hold nothing are forgotten, and 128 that are idle stay', () => {
  const totals = new LedgerTotals();
  const account = (index: number): LedgerAccount => ({ kind: 'Slab', camera: `belt-${index}` });
  for (let index = 0; index < 200; index += 1) totals.enter(account(index), 1);
  // Half of what these hold goes while there are too many: the other half keeps them.
  for (let index = 190; index < 200; index += 1) totals.enter(account(index), 1);
  for (let index = 199; index >= 0; index -= 1) totals.leave(account(index), 1);
  const names = Object.keys(totals.snapshot().byCamera);
  expect(names).toHaveLength(128);
  for (let index = 190; index < 200; index += 1) expect(names).toContain(`belt-${index}`);
  expect(totals.snapshot().byKind.Slab).toMatchObject({ live: 10, tracked: 210, released: 200 });
});
