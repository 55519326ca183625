import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLedgerSnapshots, type LedgerSnapshot } from '../src/index.ts';
import { LedgerPlaces } from '../src/ledger-places.ts';
import { LedgerTotals } from '../src/ledger-totals.ts';

interface Thing {
  readonly kind: string;
  readonly camera?: string | undefined;
  readonly stage?: string | undefined;
  readonly site: string;
  readonly bytes: number;
  readonly age?: number;
  readonly forgotten?: boolean;
}

/** What a ledger shows that holds just these. */
function snapshotOf(things: readonly Thing[]): LedgerSnapshot {
  const totals = new LedgerTotals();
  const places = new LedgerPlaces();
  for (const thing of things) {
    totals.enter(thing, thing.bytes);
    places.enter(thing, thing.site, thing.bytes);
  }
  return {
    threads: ['test'],
    live: things.length,
    bytes: things.reduce((sum, { bytes }) => sum + bytes, 0),
    forgotten: 0,
    ...totals.snapshot(),
    records: things.map(({ kind, camera, stage, site, bytes, age = 0, forgotten = false }) => ({
      ...{ kind, camera, stage, site, bytes, forgotten, ageSeconds: age },
      owner: undefined,
      thread: 'test',
    })),
    places: places.snapshot('test', 1000),
  };
}

const slab: Thing = { kind: 'Slab', site: 'a.ts:1:1', bytes: 10 };
const mask: Thing = { kind: 'Mask', camera: 'belt-1', stage: 'inference', site: 'b.ts:2:2', bytes: 100 };

test('the largest growth stands first, and what shrank stands at the end', () => {
  const { live, bytes, growth } = diffLedgerSnapshots(snapshotOf([slab, slab]), snapshotOf([slab, mask]));
  expect([live, bytes]).toEqual([0, 90]);
  expect(growth).toEqual([
    { by: 'kind', name: 'Mask', live: 1, bytes: 100 },
    { by: 'camera', name: 'belt-1', live: 1, bytes: 100 },
    { by: 'stage', name: 'inference', live: 1, bytes: 100 },
    { by: 'kind', name: 'Slab', live: -1, bytes: -10 },
  ]);
});

test('of one line the youngest are the suspects, as many as there are more than before', () => {
  const aged = (age: number): Thing => ({ ...slab, age });
  const after = [aged(9), aged(1), aged(5), aged(2)];
  const { suspects } = diffLedgerSnapshots(snapshotOf([slab, slab]), snapshotOf(after));
  expect(suspects.map(({ ageSeconds }) => ageSeconds)).toEqual([1, 2]);
});

test('what is new on a kind that did not grow is suspect only when it was forgotten', () => {
  const moved: Thing = { ...slab, site: 'c.ts:3:3' };
  expect(diffLedgerSnapshots(snapshotOf([slab]), snapshotOf([moved])).suspects).toEqual([]);
  const lost = snapshotOf([{ ...moved, forgotten: true }]);
  expect(diffLedgerSnapshots(snapshotOf([slab]), lost).suspects).toMatchObject([{ site: 'c.ts:3:3' }]);
});

test('between any two moments each change is the difference of what was held', () => {
  const things = fc.array(
    fc.record({
      kind: fc.constantFrom('Slab', 'Mask', 'constructor'),
      camera: fc.constantFrom('belt-1', undefined),
      stage: fc.constantFrom('capture', 'inference', undefined),
      site: fc.constantFrom('a.ts:1:1', 'b.ts:2:2'),
      bytes: fc.nat(9),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(things, things, (before, after) => {
      const { growth, places, suspects } = diffLedgerSnapshots(snapshotOf(before), snapshotOf(after));
      const change = (holds: (one: Thing) => boolean) => {
        const [was, is] = [before.filter(holds), after.filter(holds)];
        const bytes = (all: readonly Thing[]): number => all.reduce((sum, one) => sum + one.bytes, 0);
        return { live: is.length - was.length, bytes: bytes(is) - bytes(was) };
      };
      const expected = (['kind', 'camera', 'stage'] as const).flatMap((by) =>
        [...new Set([...before, ...after].flatMap((one) => one[by] ?? []))]
          .map((name) => ({ by, name, ...change((one) => one[by] === name) }))
          .filter(({ live, bytes }) => live !== 0 || bytes !== 0),
      );
      expect(growth).toHaveLength(expected.length);
      for (const one of expected) expect(growth).toContainEqual(one);
      expect(growth).toEqual(growth.toSorted((a, b) => b.bytes - a.bytes || b.live - a.live));

      const grown = growth.filter((one) => one.by === 'kind' && (one.live > 0 || one.bytes > 0));
      const placeOf = (one: Omit<Thing, 'bytes' | 'forgotten' | 'site'> & { site: string | undefined }) =>
        JSON.stringify([one.kind, one.camera, one.stage, one.site]);
      for (const place of new Set(after.map(placeOf))) {
        const { live, bytes } = change((one) => placeOf(one) === place);
        const found = places.find((one) => placeOf(one) === place);
        if (live > 0 || bytes > 0) expect(found).toMatchObject({ live, bytes });
        else expect(found).toBeUndefined();
        const isGrown = grown.some(({ name }) => name === JSON.parse(place)[0]);
        const fresh = suspects.filter((one) => placeOf(one) === place);
        expect(fresh).toHaveLength(isGrown ? Math.max(0, live) : 0);
      }
      expect(suspects).toEqual(suspects.toSorted((a, b) => b.bytes - a.bytes));
    }),
  );
});
