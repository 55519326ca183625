import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LedgerPlaces, type SourcePlace } from '../src/ledger-places.ts';
import type { LedgerAccount } from '../src/ledger-totals.ts';

interface Held {
  readonly account: LedgerAccount;
  readonly site: string;
  readonly bytes: number;
  readonly place: SourcePlace;
}

const steps = fc.array(
  fc.record({
    isLeaving: fc.boolean(),
    kind: fc.constantFrom('Slab', 'Mask'),
    camera: fc.constantFrom('belt-1', 'belt-2', undefined),
    stage: fc.constantFrom('capture', undefined),
    site: fc.constantFrom('a.ts:1:1', 'b.ts:2:2'),
    bytes: fc.nat(100),
    pick: fc.nat(),
  }),
  { maxLength: 60 },
);

test('over random schedules each line and camera holds the sum of what is held there, the most first', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (list, limit) => {
      const places = new LedgerPlaces();
      const held: Held[] = [];
      for (const { isLeaving, kind, camera, stage, site, bytes, pick } of list) {
        if (!isLeaving) {
          const account = { kind, camera, stage };
          held.push({ account, site, bytes, place: places.enter(account, site, bytes) });
        } else if (held.length > 0) {
          const [gone] = held.splice(pick % held.length, 1);
          places.leave(gone.place, gone.bytes);
        }
      }
      const groups = Object.groupBy(held, ({ account, site }) => JSON.stringify([account, site]));
      const expected = Object.values(groups).map((group = []) => ({
        ...{ camera: undefined, stage: undefined, ...group[0].account },
        site: group[0].site,
        thread: 'test',
        live: group.length,
        bytes: group.reduce((sum, one) => sum + one.bytes, 0),
      }));
      const all = places.snapshot('test', 100);
      expect(all).toHaveLength(expected.length);
      for (const one of expected) expect(all).toContainEqual(expect.objectContaining(one));
      const bytes = all.map((place) => place.bytes);
      expect(bytes).toEqual(bytes.toSorted((a, b) => b - a));
      const few = places.snapshot('test', limit);
      expect(few).toHaveLength(Math.min(limit, all.length));
      for (const one of few) expect(all).toContainEqual(one);
      expect(few[0]?.bytes).toBe(bytes[0]);
    }),
  );
});

test('beyond 512 places those that hold nothing go, and those that hold something stay', () => {
  const places = new LedgerPlaces();
  const staying = places.enter({ kind: 'Slab' }, 'staying.ts:1:1', 9);
  const idle = Array.from({ length: 600 }, (_, line) => places.enter({ kind: 'Slab' }, `a.ts:${line}:1`, 1));
  for (const place of idle) places.leave(place, 1);
  expect(places.snapshot('test', 1000)).toMatchObject([{ site: 'staying.ts:1:1', live: 1, bytes: 9 }]);
  // The first to go were forgotten: their lines begin anew. The last ones are known still.
  expect(places.enter({ kind: 'Slab' }, 'a.ts:0:1', 1)).not.toBe(idle[0]);
  expect(places.enter({ kind: 'Slab' }, 'a.ts:599:1', 1)).toBe(idle[599]);
  expect(places.enter({ kind: 'Slab' }, 'staying.ts:1:1', 1)).toBe(staying);
});

test('a place keeps its sums while it is idle, so that it can be entered again', () => {
  const places = new LedgerPlaces();
  const account = { kind: 'Slab', camera: 'belt-1' };
  const place = places.enter(account, 'a.ts:1:1', 5);
  places.leave(place, 5);
  expect(places.snapshot('test', 10)).toEqual([]);
  expect(places.enter(account, 'a.ts:1:1', 7)).toBe(place);
  expect(places.snapshot('test', 10)).toMatchObject([{ live: 1, bytes: 7 }]);
});
