import { describe, expect, test } from 'vitest';
import { FlatMemoryGate, Ledger } from '../src/index.ts';
import { runSoak } from './soak-process.ts';

describe('in a process of its own', () => {
  test('20,000 frames through ring, pool and queue are flat', async () => {
    const { flat, verdict, owner } = await runSoak('none', 20_000, 0);
    expect({ flat, verdict, owner }).toEqual({ flat: true, verdict: 'flat', owner: undefined });
  }, 90_000);

  test.each(['v8', 'array-buffer', 'shared', 'native'] as const)(
    'a leak of 1 KB a frame in %s is caught within 20,000 frames, and its camera and line are named',
    async (place) => {
      const { flat, verdict, owner } = await runSoak(place, 20_000, 1024);
      expect({ flat, verdict }).toEqual({ flat: false, verdict: 'leaking' });
      expect(owner).toMatchObject({ kind: `PlantedLeak (${place})`, camera: 'belt-1', stage: 'soak' });
      expect(owner?.site).toMatch(/soak-line\.ts:\d+:\d+$/);
    },
    90_000,
  );
});

/** A run in which each figure is what the test says it is. */
function simulate(figures: {
  rss: (frame: number) => number;
  heap: (frame: number) => number;
  leak: boolean;
}): {
  flat: boolean;
  verdict: string;
  owner: string | undefined;
} {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  let now = 0;
  const gate = new FlatMemoryGate({
    rss: () => figures.rss(now),
    heapUsed: () => figures.heap(now),
    collect: () => undefined,
    ledgerBytes: () => ledger.bytes,
    ledger: () => ledger.snapshot(8),
  });
  for (now = 0; now < 20_000; now += 1) {
    if (figures.leak) ledger.track({ kind: 'Mask', bytes: 100 });
    gate.frameDone(now);
  }
  const { flat, verdict, owner } = gate.judge();
  return { flat, verdict, owner: owner?.kind };
}

const level = (): number => 100e6;

test('it is flat when all three are', () => {
  expect(simulate({ rss: level, heap: level, leak: false })).toEqual({
    flat: true,
    verdict: 'flat',
    owner: undefined,
  });
});

test('a heap that grows is caught although RSS does not', () => {
  const heap = (frame: number): number => 50e6 + 400 * frame;
  expect(simulate({ rss: level, heap, leak: false })).toMatchObject({ flat: false, verdict: 'leaking' });
});

test('a ledger that grows is caught although nothing else does, and says what grew', () => {
  expect(simulate({ rss: level, heap: level, leak: true })).toEqual({
    flat: false,
    verdict: 'leaking',
    owner: 'Mask',
  });
});

test('an RSS that cannot be read fails closed', () => {
  const rss = (): number => Number.NaN;
  expect(simulate({ rss, heap: level, leak: false })).toMatchObject({ flat: false, verdict: 'undecided' });
  const fails = (): number => {
    throw new Error('no /proc');
  };
  expect(() => simulate({ rss: fails, heap: level, leak: false })).toThrow('no /proc');
});
