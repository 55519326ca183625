import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlateauError } from '../../../src/errors.ts';
import { parseZone } from '../../../src/vision/zones/parse-zone.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

describe('zone syntax', () => {
  test.for([
    ['chute=100,50 400,50 400,300', 'chute', 'pixels', 3],
    ['a b=0,0 1,0 1,1 0,1', 'a b', 'fractions', 4],
    ['máng #2=0.1,0.1\t0.9,0.1   0.5,0.9', 'máng #2', 'fractions', 3],
    ['out=-50,0 700,0 700,400', 'out', 'pixels', 3],
    ['e=1e2,0 2e2,.5 1.5E2,9.', 'e', 'pixels', 3],
  ] as const)('%s', ([text, name, space, points]) => {
    const zone = parseZone(text);
    expect(zone).toMatchObject({ name, space });
    expect(zone.points).toHaveLength(points);
  });

  test.for([
    ['', /no name/],
    ['=0,0 1,0 1,1', /no name/],
    ['chute', /no name/],
    ['chute=0,0 1,0', /"chute" has 2 different points.*at least 3/],
    ['chute=', /"chute" has 0 different points/],
    ['chute=0,0 1 1,1', /point "1" that is not x,y/],
    ['chute=0,0 1,0,2 1,1', /point "1,0,2"/],
    ['chute=0,0 1,x 1,1', /point "1,x"/],
    ['chute=0,0 NaN,0 1,1', /point "NaN,0"/],
    ['chute=0,0 Infinity,0 1,1', /point "Infinity,0"/],
    ['chute=0,0 0x10,0 1,1', /point "0x10,0"/],
    ['chute=0,0 1e99,0 1,1', /no place on a picture/],
    ['chute=0,0 1,1 0.5,0.5', /no area/],
    ['chute=0,0 100,100 100,0 0,100', /crosses itself: the line from 0,0 meets the line from 100,0/],
  ] as const)('refused: %s', ([text, message]) => {
    expect(() => parseZone(text)).toThrow(PlateauError);
    expect(() => parseZone(text)).toThrow(message);
  });

  test('any text at all gives a zone or one sentence', () => {
    const pieces = fc.constantFrom(
      'a',
      '=',
      ',',
      ' ',
      '-',
      '.',
      '0',
      '1',
      '5',
      '99',
      'e',
      'E',
      '+',
      'NaN',
      '\t',
      '#',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 40 }).map((list) => `z=${list.join('')}`),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          parseZone(given);
        } catch (error) {
          expect(error).toBeInstanceOf(PlateauError);
          expect((error as PlateauError).exitCode).toBe(2);
        }
      }),
      { numRuns: fuzzRuns(3000) },
    );
  });
});
