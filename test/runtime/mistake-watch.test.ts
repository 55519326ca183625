import { Ledger, type Mistake } from '@plateau/memory';
import { afterEach, expect, test } from 'vitest';
import { MistakeWatch } from '../../src/runtime/mistake-watch.ts';

const told: Mistake[] = [];
const ledger = new Ledger({ clock: () => 0, thread: 'test' });
afterEach(() => told.splice(0));

function watchOf(watched = ledger): MistakeWatch {
  return new MistakeWatch({
    everySeconds: 3600,
    ledger: () => watched.snapshot(),
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

test('resources of any thread that are added to decision after decision are told before they are old', async () => {
  const pictures = new Ledger({ clock: () => 0, thread: 'capture' });
  using watch = watchOf(pictures);
  const kept: Disposable[] = [];
  for (let look = 0; look < 5; look += 1) {
    for (let frame = 0; frame < 50; frame += 1) {
      watch.result({ frame }, 'Decision');
      kept.push(pictures.track({ kind: 'VideoFrame', bytes: 460_800 }));
    }
    await watch.look();
  }
  expect(kept).toHaveLength(250);
  expect(told).toMatchObject([{ mistake: 'results-pile-up', count: 200 }]);
  expect(told[0].sentence).toMatch(/of kind VideoFrame are alive and 1\.00 a frame are added/);
  expect(told[0].site).toMatch(/mistake-watch\.test\.ts:\d+/);
});

test('a capture that each reconnection leaves behind is told, few as they are beside the frames', async () => {
  const captures = new Ledger({ clock: () => 0, thread: 'capture' });
  using watch = watchOf(captures);
  const open: Disposable[] = [];
  const decision = {};
  for (let look = 0; look < 4; look += 1) {
    // Ten minutes of one camera at 30 pictures a second, and of another that is tried again every ten seconds.
    for (let frame = 0; frame < 18_000; frame += 1) watch.result(decision, 'Decision');
    for (let attempt = 0; attempt < 60; attempt += 1)
      open.push(captures.track({ kind: 'VideoCapture', bytes: 4_000_000 }));
    await watch.look();
  }
  const leaks = told.filter(({ sentence }) => sentence.includes('VideoCapture'));
  expect(leaks).toMatchObject([{ mistake: 'results-pile-up', count: 240 }]);
  expect(leaks[0].sentence).toContain('0.0033 a frame are added');
  expect(leaks[0].site).toMatch(/mistake-watch\.test\.ts:\d+/);
});

test('cameras that come one after the other are no pile', async () => {
  const captures = new Ledger({ clock: () => 0, thread: 'capture' });
  using watch = watchOf(captures);
  const open: Disposable[] = [];
  for (let look = 0; look < 6; look += 1) {
    for (let frame = 0; frame < 10; frame += 1) watch.result({ frame }, 'Decision');
    open.push(captures.track({ kind: 'VideoCapture', bytes: 1000 }));
    await watch.look();
  }
  expect(open).toHaveLength(6);
  expect(told).toEqual([]);
});
