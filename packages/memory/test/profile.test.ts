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

  test('a stage that ends before one inside of it is refused', () => {
    const profiler = new StageProfiler({ clock: () => 0 });
    const outer = profiler.enter('outer');
    const inner = profiler.enter('inner');
    expect(() => outer[Symbol.dispose]()).toThrow(RangeError);
    inner[Symbol.dispose]();
    inner[Symbol.dispose]();
    outer[Symbol.dispose]();
    expect(profiler.report().rows.map((row) => row.path)).toEqual(['outer/inner', 'outer']);
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
