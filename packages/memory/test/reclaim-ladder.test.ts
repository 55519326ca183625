import { expect, test } from 'vitest';
import {
  BufferPool,
  BusyGuard,
  collectorStep,
  findMallocTrim,
  idleBuffersStep,
  idleSlabsStep,
  Ledger,
  mallocTrimStep,
  ReclaimLadder,
  type ReclaimLadderOptions,
  type ReclaimStep,
  SlabPool,
} from '../src/index.ts';

/** A process in which steps lower a made-up RSS, and time passes by hand. */
function simulate(options: Partial<ReclaimLadderOptions> = {}): {
  state: { now: number; rss: number; taken: string[] };
  step: (name: string, gain: number) => ReclaimStep;
  ladder: (...steps: ReclaimStep[]) => ReclaimLadder;
} {
  const state = { now: 0, rss: 500e6, taken: [] as string[] };
  return {
    state,
    step: (name, gain) => ({
      name,
      run: () => {
        state.taken.push(name);
        state.rss -= gain;
        return gain;
      },
    }),
    ladder: (...steps) =>
      new ReclaimLadder(steps, { clock: () => state.now, rss: () => state.rss, ...options }),
  };
}

test('steps are taken from cheap to dear, and each reports the bytes it gave back', async () => {
  const { state, step, ladder } = simulate();
  const report = await ladder(step('pool', 10e6), step('collector', 20e6), step('trim', 30e6)).reclaim();
  expect(state.taken).toEqual(['pool', 'collector', 'trim']);
  expect(report.steps.map((one) => [one.step, one.bytesGivenBack])).toEqual([
    ['pool', 10e6],
    ['collector', 20e6],
    ['trim', 30e6],
  ]);
  expect(report).toMatchObject({ bytesGivenBack: 60e6, rssBeforeBytes: 500e6, rssAfterBytes: 440e6 });
});

test('what a later step frees counts there alone, and was still worth letting go', async () => {
  const { step, ladder } = simulate();
  const slabs: ReclaimStep = { name: 'slabs', freedLater: true, run: () => 50e6 };
  const both = ladder(slabs, step('collector', 50e6));
  for (const _turn of [1, 2]) {
    const report = await both.reclaim();
    expect(report.steps.map((one) => [one.outcome, one.bytesGivenBack])).toEqual([
      ['done', 0],
      ['done', 50e6],
    ]);
    expect(report.bytesGivenBack).toBe(50e6);
  }
});

test('dear steps are not taken once the goal is reached', async () => {
  const { state, step, ladder } = simulate();
  const report = await ladder(step('pool', 10e6), step('trim', 30e6)).reclaim(495e6);
  expect(state.taken).toEqual(['pool']);
  expect(report.steps.map((one) => one.outcome)).toEqual(['done', 'not-needed']);
});

test('nothing is done during an inference, not even when it begins between two steps', async () => {
  const guard = BusyGuard.create();
  const { state, step, ladder } = simulate({ guard });
  const begins: ReclaimStep = {
    name: 'begins',
    run: () => {
      BusyGuard.attach(guard.handle).enter();
      return 5e6;
    },
  };
  const both = ladder(begins, step('pool', 10e6));
  const report = await both.reclaim();
  expect(report.steps.map((one) => one.outcome)).toEqual(['done', 'busy']);
  expect((await both.reclaim()).steps.map((one) => one.outcome)).toEqual(['busy', 'busy']);
  expect(state.taken).toEqual([]);
  guard.reset();
  expect((await both.reclaim()).steps.map((one) => one.outcome)).toEqual(['done', 'busy']);
});

test('a guard is busy as long as one of its turns lasts, and ending a turn twice is harmless', () => {
  const guard = BusyGuard.create();
  const first = guard.enter();
  const second = guard.enter();
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(guard.busy).toBe(true);
  second[Symbol.dispose]();
  expect(guard.busy).toBe(false);
});

test('a step that gains nothing rests twice as long each time, and is back at once when it gains again', async () => {
  const { state, ladder } = simulate({ firstRestSeconds: 10, longestRestSeconds: 40 });
  let gain = 0;
  const useless = ladder({ name: 'useless', run: () => gain });
  const times: number[] = [];
  for (state.now = 0; state.now < 200; state.now += 1) {
    const { steps } = await useless.reclaim();
    if (steps[0]?.outcome === 'done') times.push(state.now);
  }
  expect(times).toEqual([0, 10, 30, 70, 110, 150, 190]);
  gain = 5e6;
  state.now = 230;
  await useless.reclaim();
  gain = 0;
  times.length = 0;
  for (state.now = 231; state.now < 260; state.now += 1) {
    const { steps } = await useless.reclaim();
    if (steps[0]?.outcome === 'done') times.push(state.now);
  }
  expect(times).toEqual([231, 241]);
});

test('a step that throws is reported and does not keep the next from its turn', async () => {
  const { state, step, ladder } = simulate();
  const broken: ReclaimStep = {
    name: 'broken',
    run: () => {
      throw new Error('no');
    },
  };
  const report = await ladder(broken, step('pool', 10e6)).reclaim();
  expect(report.steps[0]).toMatchObject({ outcome: 'failed', error: new Error('no') });
  expect(state.taken).toEqual(['pool']);
});

test('a call while one is under way gets the same report', async () => {
  const { state, step, ladder } = simulate();
  const one = ladder(step('pool', 10e6));
  const [a, b] = await Promise.all([one.reclaim(), one.reclaim()]);
  expect(a).toBe(b);
  expect(state.taken).toEqual(['pool']);
});

test('the real steps give back what really lies idle', async () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  using pool = new BufferPool({ ledger });
  using slabs = new SlabPool({ ledger });
  {
    using buffer = pool.lease('uint8', 40_000_000);
    using slab = slabs.lease(40_000_000);
    buffer.data.fill(1);
    new Uint8Array(slab.buffer).fill(1);
  }
  const trim = await findMallocTrim();
  const steps = [idleBuffersStep(pool), idleSlabsStep(slabs), collectorStep()];
  if (trim !== undefined) steps.push(mallocTrimStep(trim));
  const clock = (): number => performance.now() / 1000;
  const report = await new ReclaimLadder(steps, { clock, rss: () => process.memoryUsage.rss() }).reclaim();
  expect(report.steps.every((one) => one.outcome === 'done')).toBe(true);
  expect(report.steps[0]?.bytesGivenBack).toBeGreaterThanOrEqual(40_000_000);
  expect(report.steps[1]).toMatchObject({
    step: 'idle slabs',
    bytesGivenBack: report.steps[1]?.rssFallBytes,
  });
  expect(report.rssBeforeBytes - report.rssAfterBytes).toBeGreaterThan(70_000_000);
  expect(ledger.liveCount).toBe(0);
});
