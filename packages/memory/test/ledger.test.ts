import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  diffLedgerSnapshots,
  type LeakLevel,
  Ledger,
  type LedgerEntry,
  type LedgerRecord,
  mergeLedgerSnapshots,
} from '../src/index.ts';
import { collectGarbage } from './garbage.ts';

function newLedger(leakLevel: LeakLevel = 'off', thread: string = 'test'): Ledger {
  const ledger = new Ledger({ clock: () => 0, thread });
  ledger.leakLevel = leakLevel;
  return ledger;
}

test('over random schedules the totals are the sums of what is live', () => {
  const step = fc.record({
    do: fc.constantFrom('track', 'track', 'release', 'resize', 'releaseAgain'),
    kind: fc.constantFrom('Slab', 'VideoCapture'),
    camera: fc.constantFrom('belt-1', 'belt-2', undefined),
    bytes: fc.nat(1000),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const ledger = newLedger();
      const live: { entry: LedgerEntry; kind: string; camera: string | undefined; bytes: number }[] = [];
      const released: LedgerEntry[] = [];
      for (const { do: what, kind, camera, bytes, pick } of steps) {
        const at = pick % Math.max(1, live.length);
        const chosen = live[at];
        if (what === 'track') {
          live.push({ entry: ledger.track({ kind, camera, bytes }), kind, camera, bytes });
        } else if (what === 'resize' && chosen !== undefined) {
          chosen.entry.bytes = bytes;
          chosen.bytes = bytes;
        } else if (what === 'release' && chosen !== undefined) {
          chosen.entry[Symbol.dispose]();
          released.push(chosen.entry);
          live.splice(at, 1);
        } else if (what === 'releaseAgain') {
          const entry = released[pick % Math.max(1, released.length)];
          entry?.[Symbol.dispose]();
          if (entry !== undefined) entry.bytes = bytes;
        }
        const total = (items: typeof live): number => items.reduce((sum, one) => sum + one.bytes, 0);
        const { live: count, bytes: all, byKind, byCamera } = ledger.snapshot();
        expect(count).toBe(live.length);
        expect(all).toBe(total(live));
        for (const name of ['Slab', 'VideoCapture']) {
          const ofKind = live.filter((one) => one.kind === name);
          expect(byKind[name]?.live ?? 0).toBe(ofKind.length);
          expect(byKind[name]?.bytes ?? 0).toBe(total(ofKind));
          expect((byKind[name]?.tracked ?? 0) - (byKind[name]?.released ?? 0)).toBe(ofKind.length);
        }
        expect(byCamera['belt-1']?.bytes ?? 0).toBe(total(live.filter((one) => one.camera === 'belt-1')));
      }
    }),
    { numRuns: 300 },
  );
});

test('a snapshot survives the border between threads', () => {
  const ledger = newLedger('paranoid');
  using _entry = ledger.track({ kind: 'Slab', bytes: 10, camera: 'belt-1', stage: 'capture', owner: 'ring' });
  const snapshot = ledger.snapshot();
  expect(structuredClone(snapshot)).toEqual(snapshot);
});

test('the records of a snapshot are bounded, and the largest and oldest are among them', () => {
  let now = 0;
  const ledger = new Ledger({ clock: () => now, thread: 'test' });
  for (let i = 0; i < 1000; i += 1) {
    now = i;
    ledger.track({ kind: 'Slab', bytes: i === 500 ? 1e9 : 1, owner: String(i) });
  }
  const { records, live } = ledger.snapshot(10);
  expect(live).toBe(1000);
  expect(records).toHaveLength(10);
  expect(records.map((one) => one.owner)).toContain('500');
  expect(records.map((one) => one.owner)).toContain('0');
});

test('an age is what the clock passed in says', () => {
  let now = 5;
  const ledger = new Ledger({ clock: () => now, thread: 'test' });
  using _entry = ledger.track({ kind: 'Slab', bytes: 1 });
  now = 12.5;
  expect(ledger.snapshot().records[0]?.ageSeconds).toBe(7.5);
});

test('snapshots of several threads add up, and each record names its thread', () => {
  const [a, b] = [newLedger('off', 'main'), newLedger('off', 'thread-1')];
  using _one = a.track({ kind: 'Slab', bytes: 10, camera: 'belt-1' });
  using _two = b.track({ kind: 'Slab', bytes: 5, camera: 'belt-1' });
  using _three = b.track({ kind: 'Session', bytes: 7 });
  const merged = mergeLedgerSnapshots([a.snapshot(), b.snapshot()]);
  expect(merged).toMatchObject({ threads: ['main', 'thread-1'], live: 3, bytes: 22 });
  expect(merged.byKind.Slab).toMatchObject({ live: 2, bytes: 15 });
  expect(merged.byCamera['belt-1']).toMatchObject({ live: 2, bytes: 15 });
  expect(merged.records.map((one) => one.thread).sort()).toEqual(['main', 'thread-1', 'thread-1']);
});

test('the difference of two moments names what grew, by kind, camera and place', () => {
  const ledger = newLedger('paranoid');
  using _stays = ledger.track({ kind: 'Slab', bytes: 1000, camera: 'belt-1' });
  const before = ledger.snapshot();
  const leaks = Array.from({ length: 5 }, () => ledger.track({ kind: 'Mask', bytes: 100, camera: 'belt-2' }));
  const diff = diffLedgerSnapshots(before, ledger.snapshot());
  expect(diff).toMatchObject({ live: 5, bytes: 500 });
  expect(diff.growth).toEqual([
    { by: 'kind', name: 'Mask', live: 5, bytes: 500 },
    { by: 'camera', name: 'belt-2', live: 5, bytes: 500 },
  ]);
  expect(diff.suspects).toHaveLength(5);
  for (const { site } of diff.suspects) expect(site).toMatch(/ledger\.test\.ts:\d+:\d+$/);
  for (const leak of leaks) leak[Symbol.dispose]();
  expect(diffLedgerSnapshots(before, ledger.snapshot())).toEqual({
    live: 0,
    bytes: 0,
    growth: [],
    places: [],
    suspects: [],
  });
});

test('of many live records the places add up those of one line, and growth is named by place', () => {
  const ledger = newLedger('paranoid');
  const before = ledger.snapshot();
  for (let i = 0; i < 5000; i += 1) ledger.track({ kind: 'Mask', bytes: 10, camera: 'belt-1' });
  for (let i = 0; i < 10; i += 1) ledger.track({ kind: 'Slab', bytes: 100, camera: 'belt-2' });
  const { places } = diffLedgerSnapshots(before, ledger.snapshot(4));
  expect(places).toMatchObject([
    { kind: 'Mask', camera: 'belt-1', live: 5000, bytes: 50_000 },
    { kind: 'Slab', camera: 'belt-2', live: 10, bytes: 1000 },
  ]);
  expect(places[0]?.site).toMatch(/ledger\.test\.ts:\d+:\d+$/);
});

test('cameras that come and go under ever new names do not add up, and none that holds something is forgotten', () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  using staying = ledger.track({ kind: 'Slab', bytes: 5, camera: 'staying', always: true });
  for (let index = 0; index < 3000; index += 1) {
    using _gone = ledger.track({ kind: 'Slab', bytes: 7, camera: `camera ${index}`, always: true });
  }
  const { byCamera, byKind, places } = ledger.snapshot();
  expect(Object.keys(byCamera).length).toBeLessThan(140);
  expect(byCamera.staying).toMatchObject({ live: 1, bytes: 5 });
  expect(places.map(({ camera, live }) => [camera, live])).toEqual([['staying', 1]]);
  expect(byKind.Slab).toMatchObject({ live: 1, tracked: 3001, released: 3000 });
  expect(staying.live).toBe(true);
});

test('bytes below zero are refused', () => {
  const ledger = newLedger();
  expect(() => ledger.track({ kind: 'Slab', bytes: -1 })).toThrow(RangeError);
  expect(() => ledger.track({ kind: 'Slab', bytes: Number.NaN })).toThrow(RangeError);
  // Once it is in the sums, nothing takes it out of them again.
  expect(() => ledger.track({ kind: 'Slab', bytes: Number.POSITIVE_INFINITY })).toThrow(RangeError);
  using entry = ledger.track({ kind: 'Slab', bytes: 1 });
  expect(() => {
    entry.bytes = -1;
  }).toThrow(RangeError);
});

describe('leaks', () => {
  const places = Array.from({ length: 10 }, (_, at) => at);

  /** Ten different lines that forget what they made. */
  function forget(ledger: Ledger, place: number): void {
    const about = { kind: 'Planted', bytes: 1, owner: String(place) };
    switch (place) {
      case 0:
        return void ledger.track(about);
      case 1:
        return void ledger.track(about);
      case 2:
        return void ledger.track(about);
      case 3:
        return void ledger.track(about);
      case 4:
        return void ledger.track(about);
      case 5:
        return void ledger.track(about);
      case 6:
        return void ledger.track(about);
      case 7:
        return void ledger.track(about);
      case 8:
        return void ledger.track(about);
      default:
        return void ledger.track(about);
    }
  }

  test('paranoid finds 1,000 of 1,000 planted leaks, each with its file and line', async () => {
    const ledger = newLedger('paranoid');
    const found: LedgerRecord[] = [];
    ledger.onForgotten = (record) => found.push(record);
    for (let i = 0; i < 1000; i += 1) forget(ledger, i % 10);
    for (let i = 0; i < 10 && found.length < 1000; i += 1) await collectGarbage();
    expect(found).toHaveLength(1000);
    const lines = new Map<string, Set<string>>();
    for (const { owner, site } of found) {
      const sites = lines.get(owner ?? '') ?? new Set();
      lines.set(owner ?? '', sites.add(site ?? ''));
    }
    expect(lines.size).toBe(10);
    const sites = places.map((place) => [...(lines.get(String(place)) ?? [])]);
    for (const ofPlace of sites) {
      expect(ofPlace).toHaveLength(1);
      expect(ofPlace[0]).toMatch(/ledger\.test\.ts:\d+:\d+$/);
    }
    expect(new Set(sites.flat()).size).toBe(10);
    const lineNumbers = sites.flat().map((site) => Number(/:(\d+):\d+$/.exec(site)?.[1]));
    for (let place = 1; place < 10; place += 1) {
      expect((lineNumbers[place] ?? 0) - (lineNumbers[place - 1] ?? 0)).toBe(2);
    }
  }, 60_000);

  test('what was forgotten stays in the books, since nobody has released it', async () => {
    const ledger = newLedger('paranoid');
    forget(ledger, 0);
    await collectGarbage();
    const { live, forgotten, records } = ledger.snapshot();
    expect({ live, forgotten }).toEqual({ live: 1, forgotten: 1 });
    expect(records[0]?.forgotten).toBe(true);
  });

  test('paranoid raises no alarm in 20,000 proper disposals', async () => {
    const ledger = newLedger('paranoid');
    let alarms = 0;
    ledger.onForgotten = () => {
      alarms += 1;
    };
    for (let i = 0; i < 20_000; i += 1) {
      ledger.track({ kind: 'Proper', bytes: 1 })[Symbol.dispose]();
    }
    await collectGarbage();
    expect(alarms).toBe(0);
    expect(ledger.liveCount).toBe(0);
  }, 60_000);

  test('simple watches the first 128 of a kind and one in 128 after that, and all that are dear', () => {
    const ledger = newLedger('simple');
    const sites = (kind: string, always: boolean): number => {
      for (let i = 0; i < 1280; i += 1) ledger.track({ kind, bytes: 1, always });
      const { records } = ledger.snapshot(10_000);
      return records.filter((one) => one.kind === kind && one.site !== undefined).length;
    };
    expect(sites('Buffer', false)).toBe(128 + 9);
    expect(sites('VideoCapture', true)).toBe(1280);
  });

  test('off watches nothing', async () => {
    const ledger = newLedger('off');
    forget(ledger, 0);
    await collectGarbage();
    expect(ledger.snapshot()).toMatchObject({ live: 1, forgotten: 0 });
  });

  test('a wrapper can name its own caller as the place', () => {
    const ledger = newLedger('paranoid');
    function openCapture(): LedgerEntry {
      return ledger.track({ kind: 'VideoCapture', bytes: 1, siteBelow: openCapture });
    }
    const here = new Error().stack?.split('\n')[1] ?? '';
    using _entry = openCapture();
    const line = Number(/:(\d+):\d+\)?$/.exec(here)?.[1]);
    expect(ledger.snapshot().records[0]?.site).toContain(`ledger.test.ts:${line + 1}:`);
  });
});

test('cameras may have any name, and what has no bytes has a place as well', () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  for (const camera of ['constructor', '__proto__']) ledger.track({ kind: 'Slab', bytes: 5, camera });
  const merged = mergeLedgerSnapshots([ledger.snapshot(), ledger.snapshot()]);
  expect(Object.entries(merged.byCamera).map(([name, { bytes }]) => [name, bytes])).toEqual([
    ['constructor', 10],
    ['__proto__', 10],
  ]);
  for (let i = 0; i < 80; i += 1) ledger.track({ kind: `Kind ${i}`, bytes: 1 });
  for (let i = 0; i < 5; i += 1) ledger.track({ kind: 'BufferLease', bytes: 0 });
  expect(ledger.snapshot().places.map(({ kind }) => kind)).toContain('BufferLease');
});
