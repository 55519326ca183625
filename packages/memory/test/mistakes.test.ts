import { describe, expect, test } from 'vitest';
import { BufferPool, CopyCounts, CopyOnWrite, findMistakes, Ledger, PileUpDetector } from '../src/index.ts';
import { collectGarbage } from './garbage.ts';

class Result {
  readonly boxes = new Array<number>(20).fill(0);
}

describe('results that pile up', () => {
  test('are found after a few checks, with the line that made them', async () => {
    const detector = new PileUpDetector({ collect: collectGarbage });
    const all: Result[] = [];
    let found = await detector.check(0);
    for (let frame = 1; frame <= 400; frame += 1) {
      all.push(detector.watch(new Result()));
      if (frame % 100 !== 0) continue;
      found = await detector.check(frame);
      // From the first check at which there was something, it has to have grown three times in a row.
      expect(found.length).toBe(frame < 400 ? 0 : 1);
    }
    expect(found).toMatchObject([{ kind: 'Result', live: 400, perFrame: 1 }]);
    expect(found[0]?.site).toMatch(/mistakes\.test\.ts:\d+:\d+$/);
    const [mistake] = findMistakes({ pileUps: found });
    expect(mistake).toMatchObject({ mistake: 'results-pile-up', count: 400 });
    expect(mistake?.sentence).toContain('mistakes.test.ts:');
    expect(all).toHaveLength(400);
  }, 60_000);

  test('are not seen where each result dies with its frame', async () => {
    const detector = new PileUpDetector({ collect: collectGarbage });
    for (let frame = 1; frame <= 600; frame += 1) {
      detector.watch(new Result());
      if (frame % 100 === 0) expect(await detector.check(frame)).toEqual([]);
    }
    expect(detector.live('Result')).toBeLessThan(10);
  }, 60_000);

  test('are not seen where the count goes up and down', async () => {
    const detector = new PileUpDetector({ collect: collectGarbage });
    let kept: Result[] = [];
    for (let frame = 1; frame <= 800; frame += 1) {
      kept.push(detector.watch(new Result()));
      // A batch that is let go at every second check, and is a little larger each time.
      if (frame % 200 === 50) kept = kept.slice(0, frame / 8);
      if (frame % 100 === 0) expect(await detector.check(frame)).toEqual([]);
    }
  }, 60_000);

  test('are not seen in a bounded history that is full', async () => {
    const detector = new PileUpDetector({ collect: collectGarbage });
    const history: Result[] = [];
    for (let frame = 1; frame <= 1000; frame += 1) {
      history.push(detector.watch(new Result()));
      if (history.length > 50) history.shift();
      if (frame % 100 === 0) expect(await detector.check(frame)).toEqual([]);
    }
    expect(detector.live('Result')).toBe(50);
  }, 60_000);
});

test('a forgotten capture is named with its line', async () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  (() => void ledger.track({ kind: 'VideoCapture', bytes: 4_000_000, always: true }))();
  await collectGarbage();
  const [mistake] = findMistakes({ ledger: ledger.snapshot() });
  expect(mistake).toMatchObject({ mistake: 'unreleased', count: 1, bytes: 4_000_000 });
  expect(mistake?.site).toMatch(/mistakes\.test\.ts:\d+:\d+$/);
  expect(mistake?.sentence).toContain('never released');
});

test('a writer that is held for too long is named, one that is young is not', () => {
  let now = 0;
  const ledger = new Ledger({ clock: () => now, thread: 'test' });
  using _old = ledger.track({ kind: 'VideoWriter', bytes: 1 });
  now = 3600;
  using _young = ledger.track({ kind: 'VideoWriter', bytes: 1 });
  const oldAfterSeconds = { VideoWriter: 600 };
  expect(findMistakes({ ledger: ledger.snapshot(), oldAfterSeconds })).toMatchObject([{ count: 1 }]);
  expect(findMistakes({ ledger: ledger.snapshot() })).toEqual([]);
});

test('a line that copies for nothing is named, one that changes its copies is not', () => {
  using pool = new BufferPool({ ledger: new Ledger({ clock: () => 0, thread: 'test' }) });
  const counts = new CopyCounts();
  using frame = CopyOnWrite.take('uint8', pool.lease('uint8', 100), pool, counts);
  for (let i = 0; i < 10; i += 1) {
    using _needless = frame.copy();
    using needed = frame.copy();
    needed.write();
  }
  const mistakes = findMistakes({ copies: counts.report() });
  expect(mistakes).toMatchObject([{ mistake: 'needless-copies', count: 10, bytes: 1000 }]);
  expect(mistakes[0]?.site).toMatch(/mistakes\.test\.ts:\d+:\d+$/);
});

test('of very many forgotten resources all are counted, and the dearest kind stands first', async () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  ledger.leakLevel = 'paranoid';
  for (let i = 0; i < 300; i += 1) ledger.track({ kind: 'Cap', bytes: 10 });
  for (let i = 0; i < 3; i += 1) ledger.track({ kind: 'Huge', bytes: 1e9 });
  for (let turn = 0; turn < 3; turn += 1) await collectGarbage();
  expect(ledger.snapshot().forgotten).toBe(303);
  expect(findMistakes({ ledger: ledger.snapshot() })).toMatchObject([
    { mistake: 'unreleased', count: 3, bytes: 3e9 },
    { mistake: 'unreleased', count: 300, bytes: 3000 },
  ]);
});

test('an object without a class can be watched', () => {
  const detector = new PileUpDetector({ collect: collectGarbage });
  detector.watch(Object.create(null) as object);
  expect(detector.live('Object')).toBe(1);
});
