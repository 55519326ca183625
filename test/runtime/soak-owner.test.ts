/** Who is named where a soak is not flat, and where nobody can be. */
import type { Flatness } from '@plateau/memory';
import { expect, test } from 'vitest';
import { growthOwner, whyUndecided } from '../../src/runtime/soak-owner.ts';

const measure = (verdict: Flatness['verdict'], growthBytes: number): Flatness => ({
  verdict,
  slopeBytesPerFrame: growthBytes / 1000,
  confidence95: [growthBytes / 1000 - 1, growthBytes / 1000 + 1],
  boundBytesPerFrame: 512,
  growthBytes,
  points: 100,
});
const unmeasured = measure('undecided', Number.NaN);
const flat = measure('flat', 100);

test('memory that shrank did not grow, whatever the verdict', () => {
  const measures = { rss: measure('undecided', -1_812_480), ledger: flat, heap: flat };
  const owner = growthOwner(undefined, undefined, measures);
  expect(owner).toBeNull();
  expect(whyUndecided(measures, owner)).toMatch(/nothing is seen to have grown/);
});

test('what was not measured is nobody', () => {
  const measures = { rss: unmeasured, ledger: unmeasured, heap: unmeasured };
  expect(growthOwner(undefined, undefined, measures)).toBeNull();
  expect(whyUndecided(measures, null)).toMatch(/too little was measured/);
});

test('a heap that shrank leaves the growth to native memory', () => {
  const measures = { rss: measure('leaking', 5e6), ledger: flat, heap: measure('undecided', -3) };
  const owner = growthOwner(undefined, undefined, measures);
  expect(owner).toMatchObject({ kind: 'native', bytes: 5e6 });
  expect(whyUndecided(measures, owner)).toBeNull();
});

test('a heap that grew is named ahead of all that grew with it', () => {
  const measures = { rss: measure('leaking', 5e6), ledger: flat, heap: measure('leaking', 4e6) };
  expect(growthOwner(undefined, undefined, measures)).toMatchObject({ kind: 'v8-heap', bytes: 4e6 });
});

test('a suspect of a run without a verdict is named, and that there is none is said', () => {
  const measures = { rss: measure('undecided', 5e6), ledger: flat, heap: flat };
  const owner = growthOwner(undefined, undefined, measures);
  expect(owner).toMatchObject({ kind: 'native' });
  expect(whyUndecided(measures, owner)).toMatch(/vary too much/);
});

test('a flat run needs no explanation', () => {
  expect(whyUndecided({ rss: flat, ledger: flat, heap: flat }, null)).toBeNull();
});
