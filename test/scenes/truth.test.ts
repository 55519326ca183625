import { describe, expect, test } from 'vitest';
import { blockedIntervals, coverage, zonePixels } from '../../scenes/truth.ts';

/** Coverage at 10 frames a second from spans of [seconds, value]. */
function rowOf(spans: readonly (readonly [number, number])[]): [number, number][] {
  const row: [number, number][] = [];
  for (const [seconds, value] of spans) {
    for (let i = 0; i < seconds * 10; i++) row.push([row.length / 10, value]);
  }
  return row;
}

describe('the truth of a clip', () => {
  test('a zone holds the pixels whose centres lie in it', () => {
    const left: [number, number][] = [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
      [0, 1],
    ];
    expect([...zonePixels(left, 4, 1)]).toEqual([1, 1, 0, 0]);
  });

  test('coverage counts load in the zone only', () => {
    expect(coverage(Uint8Array.of(1, 0, 1, 1), Uint8Array.of(1, 1, 0, 0))).toBe(0.5);
  });

  test('a jam that lasts is blocked once both delays are up', () => {
    const found = blockedIntervals(
      rowOf([
        [5, 0.2],
        [6, 0.9],
        [5, 0.1],
      ]),
    );
    expect(found).toHaveLength(1);
    // Half the median's window and the delay after the change at 5 s and at 11 s.
    expect(found[0].from).toBeCloseTo(8, 0);
    expect(found[0].to).toBeCloseTo(14, 0);
  });

  test('two seconds of full cover are no jam', () => {
    expect(
      blockedIntervals(
        rowOf([
          [5, 0.2],
          [2, 0.9],
          [5, 0.2],
        ]),
      ),
    ).toEqual([]);
  });

  test('a cover between the thresholds keeps a jam', () => {
    expect(
      blockedIntervals(
        rowOf([
          [5, 0.9],
          [5, 0.65],
        ]),
      ),
    ).toEqual([{ from: 2.5, to: null }]);
  });
});
