import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { BufferPool, callTable, Ledger, profile, StageProfiler, stageTable } from '../src/index.ts';
import type { KeptByACall } from './threads/kept-by-a-call.ts';

describe('of a call', () => {
  // In a process of its own: the test runner works on the same heap.
  test('the bytes that it leaves behind are found: buffers exactly, 2, 10 and 20 MB of heap within 10 percent', async () => {
    const path = fileURLToPath(new URL('./threads/kept-by-a-call.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', path]);
    const found = JSON.parse(stdout) as KeptByACall;
    expect(found.buffers).toMatchObject({ name: 'keepBuffers', retainedBufferBytes: 7_000_000 });
    expect(found.heap.map(({ bytes }) => bytes)).toEqual([2e6, 10e6, 20e6]);
    for (const { bytes, retainedHeapBytes } of found.heap) {
      expect(Math.abs(retainedHeapBytes - bytes)).toBeLessThan(bytes * 0.1);
    }
  }, 60_000);

  test('garbage counts as made, not as kept', async () => {
    const rounds = 80;
    const { profile: found } = await profile(() => {
      let sum = 0;
      for (let i = 0; i < rounds; i += 1) sum += Array.from({ length: 20_000 }, (_, at) => at + 0.5).length;
      return sum;
    });
    expect(found.allocatedHeapBytes).toBeGreaterThan(rounds * 20_000 * 8);
    expect(found.retainedHeapBytes).toBeLessThan(2e6);
  });

  test('the peak is that of the call, though all is free at its end', async () => {
    const { profile: found } = await profile(() => {
      const large = new Uint8Array(150_000_000).fill(1);
      large.buffer.transfer(0);
    });
    expect(Math.abs(found.retainedBufferBytes)).toBeLessThan(1000);
    expect(found.peakRssBytes - found.rssBeforeBytes).toBeGreaterThan(120_000_000);
    if (!found.isPeakOfThisCall) return;
    const { profile: small } = await profile(() => 1);
    expect(small.peakRssBytes).toBeLessThan(found.peakRssBytes - 100_000_000);
  });

  test('what it throws comes through', async () => {
    const fails = profile(() => Promise.reject(new Error('no')));
    await expect(fails).rejects.toThrow('no');
  });
});

describe('by stage', () => {
  test('each stage has its own bytes, without those of the stages inside', () => {
    let now = 0;
    const profiler = new StageProfiler({ clock: () => now });
    const kept: Uint8Array[] = [];
    for (let frame = 0; frame < 3; frame += 1) {
      using _frame = profiler.enter('frame');
      kept.push(new Uint8Array(1_000_000));
      now += 1;
      profiler.run('decode', () => {
        kept.push(new Uint8Array(3_000_000));
        now += 2;
      });
      using _infer = profiler.enter('infer');
      kept.push(new Uint8Array(5_000_000));
      now += 4;
    }
    const rows = Object.fromEntries(profiler.report().rows.map((row) => [row.path, row]));
    expect(rows.frame).toMatchObject({ calls: 3, bufferBytes: 3_000_000, seconds: 21, ownSeconds: 3 });
    expect(rows['frame/decode']).toMatchObject({
      calls: 3,
      bufferBytes: 9_000_000,
      seconds: 6,
      ownSeconds: 6,
    });
    expect(rows['frame/infer']).toMatchObject({ calls: 3, bufferBytes: 15_000_000 });
    expect(kept).toHaveLength(9);
  });

  test('what goes into pools is told apart', () => {
    using pool = new BufferPool({ ledger: new Ledger({ clock: () => 0, thread: 'test' }) });
    const poolBytes = (): number => pool.counters.leasedBytes + pool.counters.idleBytes;
    const profiler = new StageProfiler({ clock: () => 0, poolBytes });
    for (let i = 0; i < 3; i += 1) profiler.run('masks', () => pool.lease('uint8', 2 ** 20).return());
    expect(profiler.report().rows[0]).toMatchObject({ poolBytes: 2 ** 20, calls: 3 });
  });

  test('stages that overlap share nothing: each byte counts for the one that began last', () => {
    let now = 0;
    const profiler = new StageProfiler({ clock: () => now });
    const kept: Uint8Array[] = [];
    const keep = (bytes: number): void => {
      kept.push(new Uint8Array(bytes));
      now += 1;
    };
    const first = profiler.enter('first');
    keep(1_000_000);
    const second = profiler.enter('second');
    keep(2_000_000);
    first[Symbol.dispose]();
    keep(4_000_000);
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    keep(8_000_000);
    const { rows, overlaps } = profiler.report();
    expect(rows).toMatchObject([
      { path: 'first', calls: 1, bufferBytes: 1_000_000, seconds: 2, ownSeconds: 1 },
      { path: 'first/second', calls: 1, bufferBytes: 6_000_000, seconds: 2, ownSeconds: 2 },
    ]);
    expect(overlaps).toBe(1);
    expect(kept).toHaveLength(4);
  });

  test('a stage that still runs is reported with what it has so far', () => {
    let now = 0;
    const profiler = new StageProfiler({ clock: () => now });
    using _frame = profiler.enter('frame');
    const kept = new Uint8Array(1_000_000);
    now = 3;
    expect(profiler.report().rows).toMatchObject([{ path: 'frame', seconds: 3, bufferBytes: kept.length }]);
    now = 5;
    expect(profiler.report().rows[0]).toMatchObject({ seconds: 5, bufferBytes: 1_000_000 });
  });

  test('a stage of very many calls is measured less often when its readings would take too long', () => {
    let now = 0;
    // Each look at the clock takes a millisecond, and so does each reading; the work takes none.
    const profiler = new StageProfiler({ clock: () => (now += 0.001) });
    using _frame = profiler.enter('frame');
    for (let i = 0; i < 2000; i += 1) profiler.run('short', () => profiler.run('within', () => undefined));
    const [frame, short, within] = profiler.report().rows;
    expect(frame).toMatchObject({ path: 'frame', calls: 1, measuredCalls: 1 });
    expect(short).toMatchObject({ path: 'frame/short', calls: 2000, measuredCalls: 300 });
    expect(within).toMatchObject({ path: 'frame/short/within', calls: 2000, measuredCalls: 300 });
    // What is not measured is still there: in the stage around it.
    const sum = frame.ownSeconds + short.ownSeconds + within.ownSeconds;
    expect(sum).toBeGreaterThan(1);
  });

  test('names made up at run time, and stages that nobody ends, are bounded', () => {
    const profiler = new StageProfiler({ clock: () => 0 });
    for (let at = 0; at < 2000; at += 1) profiler.run(`picture ${at}`, () => undefined);
    const { rows } = profiler.report();
    expect(rows.length).toBeLessThanOrEqual(501);
    expect(rows.find(({ path }) => path === '(other stages)')?.calls).toBe(1500);
    const deep = new StageProfiler({ clock: () => 0 });
    const entered = Array.from({ length: 1000 }, () => deep.enter('again'));
    expect(deep.report().rows).toHaveLength(64);
    for (const one of entered.reverse()) one[Symbol.dispose]();
    deep.run('after', () => undefined);
    expect(deep.report().rows.at(-1)?.path).toBe('after');
  });

  test('the timeline is bounded however long it runs', () => {
    let now = 0;
    const profiler = new StageProfiler({ clock: () => now });
    for (now = 0; now < 10_000; now += 1) profiler.run('stage', () => undefined);
    const { timeline } = profiler.report();
    expect(timeline.length).toBeLessThan(1000);
    expect(timeline.length).toBeGreaterThanOrEqual(400);
    expect(timeline.at(-1)?.atSeconds).toBeGreaterThan(9900);
  });
});

test('the tables are for people', async () => {
  const profiler = new StageProfiler({ clock: () => 0 });
  profiler.run('frame', () => profiler.run('decode', () => undefined));
  expect(stageTable(profiler.report())).toMatch(
    /^stage +calls[^\n]+\n-+[^\n]+\nframe +1 [^\n]+\n {2}decode +1 /,
  );
  const { profile: found } = await profile(() => 1, 'nothing');
  expect(callTable([found])).toContain('nothing');
});
