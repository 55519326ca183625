import fc from 'fast-check';
import { expect, test } from 'vitest';
import { studentQuantile } from '../src/student-quantile.ts';

/** The share of Student's t distribution below `t`, by Simpson's rule over its density on either side of 0. */
function shareBelow(t: number, freedom: number): number {
  const steps = 2000;
  // Over the angle whose tangent is t / sqrt(freedom) the density is a power of a cosine, and ends.
  const density = (angle: number): number => Math.cos(angle) ** (freedom - 1);
  const integral = (to: number): number => {
    let sum = density(0) + density(to);
    for (let step = 1; step < steps; step += 1)
      sum += (step % 2 === 1 ? 4 : 2) * density((to * step) / steps);
    return (sum * to) / steps / 3;
  };
  return 0.5 + integral(Math.atan(t / Math.sqrt(freedom))) / (2 * integral(Math.PI / 2));
}

// From the tables: one-sided probability, degrees of freedom, quantile.
test.each([
  [0.75, 3, 0.764892],
  [0.9, 4, 1.533206],
  [0.95, 3, 2.353363],
  [0.95, 10, 1.812461],
  [0.975, 5, 2.570582],
  [0.99, 20, 2.527977],
  [0.995, 3, 5.840909],
  [0.9995, 60, 3.460199],
])('the %s quantile for %s degrees of freedom is that of the tables', (probability, freedom, expected) => {
  const found = studentQuantile(probability, freedom);
  expect(Math.abs(found / expected - 1)).toBeLessThan(0.00003);
});

test('so much of the distribution lies below it, for any degrees of freedom', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.55, max: 0.9995, noNaN: true }),
      fc.double({ min: 3, max: 300, noNaN: true }),
      (probability, freedom) => {
        const quantile = studentQuantile(probability, freedom);
        const error = freedom < 8 ? 3e-5 : 1e-6;
        expect(shareBelow(quantile * (1 - error), freedom)).toBeLessThan(probability);
        expect(shareBelow(quantile * (1 + error), freedom)).toBeGreaterThan(probability);
      },
    ),
  );
});

test('half of it lies below 0', () => {
  for (const freedom of [3, 8.5, 100]) expect(studentQuantile(0.5, freedom)).toBeCloseTo(0, 3);
});
