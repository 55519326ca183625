import { expect, test } from 'vitest';
import { collectNow } from '../src/index.ts';

/** Makes garbage that V8 frees on another thread, and has it collected; bytes that were freed only afterwards. */
function freedLate(): number {
  for (let i = 0; i < 200; i += 1) new Uint8Array(60_000).fill(1);
  collectNow();
  const { arrayBuffers } = process.memoryUsage();
  const until = performance.now() + 10;
  while (performance.now() < until);
  return arrayBuffers - process.memoryUsage().arrayBuffers;
}

test('what a collection frees is given back when it returns, and not in the middle of what comes next', () => {
  expect(Array.from({ length: 30 }, freedLate)).toEqual(new Array<number>(30).fill(0));
});
