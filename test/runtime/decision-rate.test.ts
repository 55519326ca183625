import { expect, test } from 'vitest';
import { DecisionRate } from '../../src/runtime/decision-rate.ts';

test('decisions at a steady pace are counted a second, from the second one on', () => {
  const rate = new DecisionRate();
  rate.decided(10);
  expect(rate.perSecond).toBe(0);
  for (let decision = 1; decision < 50; decision += 1) rate.decided(10 + decision * 0.25);
  expect(rate.perSecond).toBeCloseTo(4);
});

test('a camera that was away has no rate, and its absence is no interval afterwards', () => {
  const rate = new DecisionRate();
  for (const now of [0, 0.1, 0.2, 0.3]) rate.decided(now);
  rate.breakOff();
  expect(rate.perSecond).toBe(0);
  rate.decided(60);
  expect(rate.perSecond).toBe(0);
  rate.decided(60.1);
  expect(rate.perSecond).toBeCloseTo(10);
});

test('decisions of one turn are not infinitely fast', () => {
  const rate = new DecisionRate();
  rate.decided(1);
  rate.decided(1);
  expect(rate.perSecond).toBeLessThanOrEqual(10_000);
});
