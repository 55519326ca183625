import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { FrameRing, SlabPool } from '../src/index.ts';
import type { ReaderReport } from './threads/ring-reader-thread.ts';
import { ended, nextMessage, startThread } from './worker.ts';

const shape = { slots: 6, slotByteLength: 64 * 1024, metadataFields: 1 };

describe('with a writer and four readers in threads of their own', () => {
  test('no frame is torn or comes twice, and the newest wins', async () => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, { ...shape, readers: 4 });
    const frames = 20_000;
    const readers = [0, 1, 2, 3].map(() =>
      startThread('ring-reader-thread.ts', { handle: ring.handle, newest: true }),
    );
    await Promise.all(readers.map((worker) => nextMessage(worker)));
    const reports = readers.map((worker) => nextMessage<ReaderReport>(worker));
    await ended(startThread('ring-writer-thread.ts', { handle: ring.handle, frames, overwrite: true }));
    for (const report of await Promise.all(reports)) {
      expect(report).toMatchObject({ torn: 0, backwards: 0 });
      expect(report.taken).toBeGreaterThan(0);
    }
    expect(ring.counters.published).toBe(frames);
    expect(ring.counters.dropped).toBeLessThan(frames);
  }, 60_000);

  test('without overwriting each reader gets each frame, in order', async () => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, { ...shape, readers: 4 });
    const frames = 1500;
    const readers = [0, 1, 2, 3].map(() =>
      startThread('ring-reader-thread.ts', { handle: ring.handle, newest: false }),
    );
    await Promise.all(readers.map((worker) => nextMessage(worker)));
    const reports = readers.map((worker) => nextMessage<ReaderReport>(worker));
    await ended(startThread('ring-writer-thread.ts', { handle: ring.handle, frames, overwrite: false }));
    for (const report of await Promise.all(reports)) {
      expect(report).toEqual({ taken: frames, torn: 0, backwards: 0, skipped: 0, last: frames });
    }
    expect(ring.counters).toMatchObject({ published: frames, dropped: 0, taken: 4 * frames });
  }, 60_000);
});

test('the slots of a reader whose thread was killed are back within a second', async () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, slots: 2 });
  using writer = ring.writer({ overwrite: false });
  for (let i = 0; i < 2; i += 1) writer.acquire()?.publish();
  const worker = startThread('ring-holder-thread.ts', { handle: ring.handle, hold: 2 });
  const { threadId } = worker;
  await nextMessage(worker);
  expect(ring.readerStates()).toMatchObject([{ owner: threadId, holding: 2 }]);
  expect(writer.acquire()).toBeUndefined();
  const killed = performance.now();
  worker.once('exit', () => ring.releaseReadersOf(threadId));
  await Promise.all([writer.waitForFree(), worker.terminate(), once(worker, 'exit')]);
  using slot = writer.acquire();
  expect(slot).toBeDefined();
  expect(performance.now() - killed).toBeLessThan(1000);
  expect(ring.readerStates()).toMatchObject([{ owner: undefined, holding: 0 }]);
}, 30_000);
