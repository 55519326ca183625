/** Files damaged at random through the whole command, in short; the long form is `scripts/fuzz-analyze.ts`. */
import { expect, test } from 'vitest';
import { emptyOutcome, fuzzModels, fuzzRecordings } from '../support/clips-analyze-fuzz.ts';
import { fuzzRuns } from '../support/fuzz-runs.ts';

const patience = { timeout: 180_000 * fuzzRuns(1) };

test(
  'forty damaged recordings in one call are each reported or refused in a sentence',
  patience,
  async () => {
    const outcome = emptyOutcome();
    await fuzzRecordings(outcome, { count: fuzzRuns(40), together: 40, seed: 20_261_125 });
    expect(outcome.defects).toEqual([]);
    expect(outcome.files).toBe(fuzzRuns(40));
    // Both ways out were taken, or the damage was too light or too heavy to show anything.
    expect(Object.values(outcome.refused).reduce((sum, times) => sum + times, 0)).toBeGreaterThan(5);
  },
);

test('damaged models end the command with exit code 0, 2 or 3', patience, async () => {
  const outcome = emptyOutcome();
  await fuzzModels(outcome, { count: fuzzRuns(8), seed: 20_261_125 });
  expect(outcome.defects).toEqual([]);
  expect(Object.keys(outcome.codes).every((code) => ['0', '2', '3'].includes(code))).toBe(true);
});
