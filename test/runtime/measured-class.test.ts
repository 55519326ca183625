import { expect, test } from 'vitest';
import { measuredClassId } from '../../src/runtime/measured-class.ts';

test('the only class of a model is measured whatever its name', () => {
  expect(measuredClassId(['rock'], null)).toBe(0);
});

test('of several classes coal is measured, or the one that was named', () => {
  expect(measuredClassId(['person', 'coal'], null)).toBe(1);
  expect(measuredClassId(['person', 'coal'], 'person')).toBe(0);
});

test('a class that the model does not have is refused with the list of those it has', () => {
  expect(() => measuredClassId(['person', 'belt'], 'coal')).toThrow(/no class "coal".*person, belt/);
  expect(() => measuredClassId(['person', 'belt'], null)).toThrow(
    /several classes.*--class \(model.class\): person, belt/,
  );
});
