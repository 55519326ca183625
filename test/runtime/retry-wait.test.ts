import { expect, test } from 'vitest';
import { RetryWait } from '../../src/runtime/retry-wait.ts';

test('waits double up to half a minute while nothing runs for long', () => {
  const wait = new RetryWait(60);
  const waits: number[] = [];
  for (let now = 0; waits.length < 8; now += 40) {
    wait.started(now);
    waits.push(wait.failed(now + 5));
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
});

test('after a good stretch the next wait is the shortest again', () => {
  const wait = new RetryWait(60);
  for (const now of [0, 10, 20]) {
    wait.started(now);
    wait.failed(now + 1);
  }
  wait.started(100);
  expect(wait.failed(160)).toBe(1);
  wait.started(170);
  expect(wait.failed(229)).toBe(2);
});

test('a start that failed is no good stretch, however long ago the last one was', () => {
  const wait = new RetryWait(60);
  wait.started(0);
  expect(wait.failed(1)).toBe(1);
  expect(wait.failed(1000)).toBe(2);
});
