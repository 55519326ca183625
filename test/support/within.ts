import { expect } from 'vitest';

/** Asserts that a number lies within `tolerance` of what is right. */
export function expectWithin(
  found: number | null | undefined,
  right: number,
  tolerance: number,
  what = 'the value',
): void {
  if (typeof found === 'number' && Math.abs(found - right) <= tolerance) return;
  expect.fail(`${what} is ${found}, and ${right} within ${tolerance} is right`);
}
