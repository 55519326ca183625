import { Ledger, type Mistake } from '@plateau/memory';
import { afterEach, expect, test } from 'vitest';
import { MistakeWatch } from '../../src/runtime/mistake-watch.ts';

const told: Mistake[] = [];
const ledger = new Ledger({ clock: () => 0, thread: 'test' });
afterEach(() => told.splice(0));

function watchOf(): MistakeWatch {
  return new MistakeWatch({
    everySeconds: 3600,
    ledger: () => ledger.snapshot(),
    onMistake: (mistake) => told.push(mistake),
  });
}

test('decisions that somebody keeps are told with the line they come in at, once', async () => {
  using watch = watchOf();
  const kept: object[] = [];
  for (let look = 0; look < 5; look += 1) {
    for (let frame = 0; frame < 320; frame += 1) {
      const decision = { frame };
      watch.result(decision, 'Decision');
      kept.push(decision);
    }
    await watch.look();
  }
  expect(kept).toHaveLength(1600);
  expect(told.map(({ mistake }) => mistake)).toEqual(['results-pile-up']);
  expect(told[0].site).toMatch(/mistake-watch\.test\.ts:\d+/);
  expect(watch.mistakes).toHaveLength(1);
});

test('decisions that are let go raise nothing', async () => {
  using watch = watchOf();
  for (let look = 0; look < 6; look += 1) {
    for (let frame = 0; frame < 320; frame += 1) watch.result({ frame }, 'Decision');
    await watch.look();
  }
  expect(told).toEqual([]);
});

test('a resource that nobody released is told with the line that made it, and again when there are twice as many', async () => {
  using watch = watchOf();
  const forget = (): void => {
    ledger.track({ kind: 'VideoCapture', bytes: 1000, always: true });
  };
  forget();
  for (let turn = 0; turn < 3; turn += 1) await watch.look();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ mistake: 'unreleased', count: 1 });
  expect(told[0].site).toMatch(/mistake-watch\.test\.ts:\d+/);
  expect(told[0].sentence).toContain('acquire with "using"');
  forget();
  for (let turn = 0; turn < 3; turn += 1) await watch.look();
  expect(told.map(({ count }) => count)).toEqual([1, 2]);
});
