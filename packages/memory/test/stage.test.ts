import { afterEach, expect, test } from 'vitest';
import { BufferPool, Ledger, SlabPool, StageProfiler, stage, staged } from '../src/index.ts';
import { threadAccounts } from '../src/thread-accounts.ts';

afterEach(() => {
  threadAccounts.stages = undefined;
});

test('without a profiler a stage does nothing, and its function gives what it gives', async () => {
  using _stage = stage('decode');
  expect(staged('read', () => 7)).toBe(7);
  await expect(staged('wait', async () => 8)).resolves.toBe(8);
});

test('with one, stages nest, and an asynchronous one lasts until its promise is settled', async () => {
  let now = 0;
  threadAccounts.stages = new StageProfiler({ clock: () => now });
  const profiler = threadAccounts.stages as StageProfiler;
  {
    using _frame = stage('frame');
    staged('decode', () => {
      now += 1;
    });
    await staged('wait', async () => {
      await Promise.resolve();
      now += 2;
    });
    expect(() =>
      staged('fails', () => {
        now += 4;
        throw new RangeError('no');
      }),
    ).toThrow('no');
    await expect(staged('rejects', () => Promise.reject(new Error('late')))).rejects.toThrow('late');
  }
  const seconds = Object.fromEntries(profiler.report().rows.map((row) => [row.path, row.seconds]));
  expect(seconds).toEqual({
    frame: 7,
    'frame/decode': 1,
    'frame/wait': 2,
    'frame/fails': 4,
    'frame/rejects': 0,
  });
});

test('a profiler that runs an asynchronous function lasts as long as that', async () => {
  let now = 0;
  const profiler = new StageProfiler({ clock: () => now });
  await profiler.run('wait', async () => {
    await Promise.resolve();
    now += 2;
  });
  expect(profiler.report().rows).toMatchObject([{ path: 'wait', seconds: 2, ownSeconds: 2 }]);
});

test('pools of all kinds tell the thread what they hold, and what they drop', () => {
  const before = threadAccounts.poolBytes;
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  {
    using buffers = new BufferPool({ ledger });
    using slabs = new SlabPool({ ledger });
    buffers.lease('uint8', 2 ** 20).return();
    slabs.lease(2 ** 20)[Symbol.dispose]();
    expect(threadAccounts.poolBytes - before).toBe(2 * 2 ** 20);
  }
  expect(threadAccounts.poolBytes).toBe(before);
});

test('what comes back is what the function gave, with and without a profiler', () => {
  const made = Object.assign(Promise.resolve(1), { pid: 42 });
  expect(staged('alone', () => made)).toBe(made);
  threadAccounts.stages = new StageProfiler({ clock: () => 0 });
  try {
    expect(staged('profiled', () => made)).toBe(made);
  } finally {
    threadAccounts.stages = undefined;
  }
});
