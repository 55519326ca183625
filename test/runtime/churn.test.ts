/**
 * Things that come and go through the real pipeline, in short; `npm run churn` judges 200 to 1,000 turns by the flatness
 * test. Here nothing may be left in the ledger, and what is made anew each time must not add up.
 */
import { Ledger, ledger, ownResidentBytes, PlantedLeak } from '@plateau/memory';
import { afterEach, describe, expect, test } from 'vitest';
import { churnKinds } from '../support/churn-kinds.ts';
import { rtspMissing, skipRtsp } from '../support/rtsp.ts';

/** Turns of each kind, and what one forgotten thing of it keeps at least, in bytes. */
const kinds = [
  ['captures', 12, 1.5e6],
  ['cameras', 8, 3e6],
  ['resolutions', 12, 1.5e6],
  ['models', 6, 4.5e6],
  ['pipelines', 3, 10e6],
] as const;

afterEach(() => expect(ledger.liveCount).toBe(0));

/** Growth over the later half of the turns, at its median: single levels are malloc's, and pages of files the kernel's. */
async function growth(kind: string, turns: number, leak?: () => void): Promise<number> {
  const levels: number[] = [];
  await churnKinds[kind]({
    turns: 2 * turns,
    onTurn: async (turn, collect) => {
      leak?.();
      await collect();
      if (turn > turns / 2) levels.push(ownResidentBytes());
    },
  });
  const third = Math.floor(levels.length / 3);
  const median = (some: readonly number[]): number =>
    some.toSorted((a, b) => a - b)[Math.floor(some.length / 2)];
  return median(levels.slice(-third)) - median(levels.slice(0, third));
}

describe('comes and goes', () => {
  test.each(kinds)(
    '%s: %i turns, twice, leave nothing behind',
    { timeout: 480_000 },
    async (kind, turns, kept) => {
      const grown = await growth(kind, turns);
      console.log(`${kind}: RSS ${(grown / 1e6).toFixed(1)} MB`);
      // Had each turn forgotten one thing, there would be so many of them.
      expect(grown).toBeLessThan(turns * kept);
    },
  );

  test('where each turn forgets what a capture holds, it is seen', { timeout: 480_000 }, async () => {
    const [kind, turns, kept] = kinds[0];
    using planted = await PlantedLeak.plant('native', new Ledger({ clock: () => 0, thread: 'planted' }));
    if (planted === undefined) return;
    expect(await growth(kind, turns, () => planted.leak(1.3 * kept, kind))).toBeGreaterThan(turns * kept);
  });

  test.skipIf(skipRtsp)(
    `connections over RTSP and HTTP that break come again${rtspMissing === undefined ? '' : ` (skipped: ${rtspMissing})`}`,
    { timeout: 480_000 },
    async () => {
      let turns = 0;
      await churnKinds.reconnects({
        turns: 6,
        onTurn: () => {
          turns += 1;
        },
      });
      expect(turns).toBe(6);
    },
  );
});
