import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CoverageSeries } from '../../src/runtime/coverage-series.ts';

const pair = fc.tuple(fc.double({ noNaN: true }), fc.option(fc.double({ min: 0, max: 1, noNaN: true })));

test('what was put in comes out, unknown as null, across chunks', () => {
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 20 }), fc.constantFrom(1, 1000), (pairs, times) => {
      const series = new CoverageSeries();
      const all = Array.from({ length: times }, () => pairs).flat();
      for (const [seconds, coverage] of all) series.push(seconds, coverage);
      expect(series.pairs()).toEqual(all);
    }),
    { numRuns: 40 },
  );
});
