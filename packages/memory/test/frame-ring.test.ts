import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BudgetExceededError,
  collectNow,
  FrameRing,
  Ledger,
  MemoryError,
  type ReadableSlot,
  type RingReader,
  SlabPool,
  UseAfterDisposeError,
  type WritableSlot,
} from '../src/index.ts';

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there should have been one');
  return value;
}

function publish(ring: FrameRing, count: number, overwrite: boolean): void {
  using writer = ring.writer({ overwrite });
  for (let i = 0; i < count; i += 1) {
    using slot = must(writer.acquire());
    slot.publish();
  }
}

const shape = { slots: 3, slotByteLength: 64, metadataFields: 2 };

test('a reader gets the newest frame, and what it passed over counts as dropped', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  using reader = ring.reader();
  publish(ring, 3, true);
  using slot = must(reader.takeNewest());
  expect(slot.sequence).toBe(3);
  expect(reader.takeNewest()).toBeUndefined();
  expect(ring.counters).toMatchObject({ published: 3, dropped: 2, taken: 1 });
});

test('a frame that is overwritten unread counts as dropped once', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  publish(ring, 10, true);
  using reader = ring.reader();
  expect(reader.unseen).toBe(3);
  expect(ring.counters.dropped).toBe(7);
  using slot = must(reader.takeNewest());
  expect(slot.sequence).toBe(10);
  expect(ring.counters.dropped).toBe(9);
});

test('without overwriting the writer gets no slot while each is still to be read, even by a reader that has not come yet', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, readers: 1 });
  publish(ring, 3, false);
  using writer = ring.writer({ overwrite: false });
  expect(writer.acquire()).toBeUndefined();
  using reader = ring.reader();
  {
    using first = must(reader.takeOldest());
    expect(first.sequence).toBe(1);
    expect(writer.acquire()).toBeUndefined();
  }
  using free = must(writer.acquire());
  free.publish();
  const order: number[] = [];
  for (let slot = reader.takeOldest(); slot !== undefined; slot = reader.takeOldest()) {
    order.push(slot.sequence);
    slot[Symbol.dispose]();
  }
  expect(order).toEqual([2, 3, 4]);
});

test('a slot given back without publishing is free again and counts nowhere', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  using writer = ring.writer({ overwrite: false });
  for (let i = 0; i < 10; i += 1) {
    using slot = must(writer.acquire());
    slot.bytes.fill(i);
  }
  expect(ring.counters).toEqual({ published: 0, dropped: 0, taken: 0, abandoned: 0 });
});

test('use after disposal throws, at either end', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  using writer = ring.writer({ overwrite: true });
  using reader = ring.reader();
  const written = must(writer.acquire());
  written.publish();
  expect(() => written.bytes).toThrow(UseAfterDisposeError);
  expect(() => written.publish()).toThrow(UseAfterDisposeError);
  const read = must(reader.takeNewest());
  read[Symbol.dispose]();
  read[Symbol.dispose]();
  for (const use of [() => read.bytes, () => read.metadata, () => read.sequence, () => read.float32()]) {
    expect(use).toThrow(UseAfterDisposeError);
  }
  reader[Symbol.dispose]();
  expect(() => reader.takeNewest()).toThrow(UseAfterDisposeError);
});

test('slots begin at multiples of 64 bytes and do not overlap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 0, max: 20 }),
      (slots, slotByteLength, metadataFields) => {
        using slabs = new SlabPool();
        using ring = FrameRing.allocate(slabs, { slots, slotByteLength, metadataFields });
        using writer = ring.writer({ overwrite: true });
        const held: WritableSlot[] = [];
        for (let slot = writer.acquire(); slot !== undefined; slot = writer.acquire()) {
          expect(slot.bytes.byteOffset % 64).toBe(0);
          expect(ring.slotBytes(slot.index)).toBe(slot.bytes);
          slot.bytes.fill(slot.index + 1);
          slot.metadata.fill(slot.index + 1);
          held.push(slot);
        }
        expect(held).toHaveLength(slots);
        for (const slot of held) {
          expect(slot.bytes.every((byte) => byte === slot.index + 1)).toBe(true);
          expect(slot.metadata.every((number) => number === slot.index + 1)).toBe(true);
        }
      },
    ),
  );
});

test('objects are made once per slot, and a turn is told from the next by its generation', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, slots: 2 });
  using writer = ring.writer({ overwrite: true });
  using reader = ring.reader();
  const seen = new Set<ReadableSlot>();
  const generations = new Set<string>();
  for (let i = 0; i < 20; i += 1) {
    using written = must(writer.acquire());
    expect(written.float32(0, 4)).toBe(written.float32(0, 4));
    written.publish();
    using read = must(reader.takeNewest());
    seen.add(read);
    generations.add(`${read.index}:${read.generation}`);
  }
  expect(seen.size).toBeLessThanOrEqual(2);
  expect(generations.size).toBe(20);
});

test('a view that would not lie in the slot is refused', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  using writer = ring.writer({ overwrite: true });
  using slot = must(writer.acquire());
  expect(slot.float32(0).length).toBe(16);
  expect(() => slot.float32(4, 16)).toThrow(RangeError);
  expect(() => slot.float32(-4, 1)).toThrow(RangeError);
});

test('one writer at a time, and eight readers', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  const writer = ring.writer({ overwrite: true });
  expect(() => ring.writer({ overwrite: true })).toThrow(MemoryError);
  writer[Symbol.dispose]();
  using _next = ring.writer({ overwrite: true });
  const readers = Array.from({ length: 8 }, () => ring.reader());
  expect(() => ring.reader()).toThrow('8 readers');
  readers[3]?.[Symbol.dispose]();
  using _one = ring.reader();
  for (const reader of readers) reader[Symbol.dispose]();
});

test('an evicted reader is told so, its slot comes back, and its successor gets what was unseen', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, slots: 2 });
  publish(ring, 2, false);
  const zombie = ring.reader();
  const held = must(zombie.takeOldest());
  using writer = ring.writer({ overwrite: false });
  expect(writer.acquire()).toBeUndefined();
  ring.releaseReader(zombie.id);
  using slot = must(writer.acquire());
  using successor = ring.reader();
  expect(successor.id).toBe(zombie.id);
  // What the zombie still does must not touch the slot that others hold by now.
  held[Symbol.dispose]();
  expect(() => zombie.takeOldest()).toThrow('evicted');
  zombie[Symbol.dispose]();
  slot.publish();
  expect(must(successor.takeOldest()).sequence).toBe(2);
  expect(must(successor.takeOldest()).sequence).toBe(3);
  expect(ring.counters.abandoned).toBe(1);
  expect(ring.readerStates()).toMatchObject([{ id: 0, holding: 2, taken: 3 }]);
});

test('a lossless writer no longer waits for a reader that was released for good', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, readers: 2 });
  using alive = ring.reader();
  const dead = ring.reader();
  publish(ring, 3, false);
  for (let slot = alive.takeOldest(); slot !== undefined; slot = alive.takeOldest()) slot[Symbol.dispose]();
  using writer = ring.writer({ overwrite: false });
  expect(writer.acquire()).toBeUndefined();
  ring.releaseReader(dead.id, { awaitSuccessor: false });
  expect(writer.acquire()).toBeDefined();
});

test('a writer that was declared dead cannot publish, and its slot is free', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, slots: 2 });
  const dead = ring.writer({ overwrite: true });
  const half = must(dead.acquire());
  ring.releaseWriter();
  using writer = ring.writer({ overwrite: true });
  using a = must(writer.acquire());
  using b = must(writer.acquire());
  expect(() => half.publish()).toThrow('counted as dead');
  a.publish();
  b.publish();
  expect(ring.counters).toMatchObject({ published: 2, abandoned: 1 });
});

test('a reader sees the end once it has taken the last frame', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  using reader = ring.reader();
  using writer = ring.writer({ overwrite: false });
  must(writer.acquire()).publish();
  writer.end();
  expect(reader.ended).toBe(false);
  reader.takeOldest()?.[Symbol.dispose]();
  expect(reader.ended).toBe(true);
  reader.wait(60_000);
});

test('a reader that is gone has ended, waits for nothing, and does not count what its successor has to see', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  const gone = ring.reader();
  gone[Symbol.dispose]();
  using successor = ring.reader();
  publish(ring, 1, true);
  expect([successor.id, successor.unseen]).toEqual([gone.id, 1]);
  expect([gone.unseen, gone.ended]).toEqual([0, true]);
  must(successor.takeNewest())[Symbol.dispose]();
  const started = performance.now();
  gone.wait(60_000);
  expect(performance.now() - started).toBeLessThan(30_000);
});

test('a closed ring gives nothing more, and its slab goes on to the next ring only when the last user is gone', () => {
  using slabs = new SlabPool();
  const ring = FrameRing.allocate(slabs, shape);
  const attached = FrameRing.attach(ring.handle);
  const reader = attached.reader();
  publish(ring, 1, true);
  const slot = must(reader.takeNewest());
  ring[Symbol.dispose]();
  ring[Symbol.dispose]();
  expect(reader.ended).toBe(true);
  expect(reader.takeNewest()).toBeUndefined();
  expect(slabs.counters).toMatchObject({ leased: 0, detained: 1 });
  using other = FrameRing.allocate(slabs, shape);
  expect(other.handle.buffer).not.toBe(ring.handle.buffer);
  slot[Symbol.dispose]();
  reader[Symbol.dispose]();
  using third = FrameRing.allocate(slabs, shape);
  expect(third.handle.buffer).toBe(ring.handle.buffer);
  expect(slabs.counters).toMatchObject({ leased: 2, detained: 0 });
});

test('whoever comes late to a slab that serves another ring sees its own as closed', () => {
  using slabs = new SlabPool();
  const old = FrameRing.allocate(slabs, shape);
  const late = FrameRing.attach(old.handle);
  old[Symbol.dispose]();
  using next = FrameRing.allocate(slabs, shape);
  expect(next.handle.buffer).toBe(old.handle.buffer);
  publish(next, 1, true);
  expect(late.closed).toBe(true);
  expect(() => late.reader()).toThrow('closed');
  expect(() => late.writer({ overwrite: true })).toThrow('closed');
  late.releaseReader(0);
  late.releaseWriter();
  using reader = next.reader();
  expect(reader.takeNewest()).toBeDefined();
});

test('a ring that would pass the budget is refused before anything is allocated', () => {
  using slabs = new SlabPool({ budgetBytes: 1_000_000 });
  expect(() => FrameRing.allocate(slabs, { ...shape, slotByteLength: 1_000_000 })).toThrow(
    BudgetExceededError,
  );
  expect(slabs.counters.allocations).toBe(0);
});

test.each([
  { slots: 1, slotByteLength: 1, metadataFields: 0 },
  { slots: 3, slotByteLength: 0, metadataFields: 0 },
  { slots: 3, slotByteLength: 1, metadataFields: -1 },
  { slots: 3, slotByteLength: 1, metadataFields: 0, readers: 9 },
])('the shape %o is refused', (options) => {
  using slabs = new SlabPool();
  expect(() => FrameRing.allocate(slabs, options)).toThrow(RangeError);
});

test('waiting for a free slot ends with the release, and with the signal', async () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, slots: 2 });
  using writer = ring.writer({ overwrite: false });
  await writer.waitForFree();
  must(writer.acquire()).publish();
  must(writer.acquire()).publish();
  const stop = new AbortController();
  const stopped = writer.waitForFree(stop.signal);
  stop.abort(new Error('stop'));
  await expect(stopped).rejects.toThrow('stop');
  await expect(writer.waitForFree(stop.signal)).rejects.toThrow('stop');
  using reader = ring.reader();
  const waiting = writer.waitForFree();
  must(reader.takeOldest())[Symbol.dispose]();
  await waiting;
  expect(writer.acquire()).toBeDefined();
});

test('however long a free slot is waited for, nothing is kept of the wait', async () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, slots: 2 });
  using writer = ring.writer({ overwrite: false });
  must(writer.acquire()).publish();
  must(writer.acquire()).publish();
  const stop = new AbortController();
  const [first, last] = [1000, 51_000];
  const heap: number[] = [];
  let slices = 0;
  // A slice of half a second passes at once: these are seven hours.
  const { waitAsync } = Atomics;
  using restore = new DisposableStack();
  restore.defer(() => {
    Atomics.waitAsync = waitAsync;
  });
  Atomics.waitAsync = () => {
    slices += 1;
    if (slices === first || slices === last) {
      collectNow();
      heap.push(process.memoryUsage().heapUsed);
    }
    if (slices === last) stop.abort(new Error('stop'));
    return { async: true, value: Promise.resolve('timed-out') };
  };
  await expect(writer.waitForFree(stop.signal)).rejects.toThrow('stop');
  expect((heap[1] ?? 0) - (heap[0] ?? 0)).toBeLessThan(50 * (last - first));
});

interface Step {
  readonly do: 'write' | 'abandon' | 'newest' | 'oldest' | 'release' | 'evict' | 'close';
  readonly reader: number;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), reader: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abandon' as const), reader: fc.constant(0) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('newest' as const, 'oldest' as const, 'release' as const, 'release' as const),
      reader: fc.nat(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('evict' as const, 'close' as const), reader: fc.nat(2) }),
  },
);

/** One reader of the model: the frames it has still to see, and those in its hands. */
interface ModelReader {
  reader: RingReader;
  unseen: number[];
  held: { slot: ReadableSlot; frame: number }[];
}

test.each([true, false])(
  'over random schedules (overwrite %s) the ring behaves as its model',
  (overwrite) => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.array(step, { maxLength: 80 }), (slots, steps) => {
        using slabs = new SlabPool();
        using ring = FrameRing.allocate(slabs, { slots, slotByteLength: 8, metadataFields: 1, readers: 3 });
        using writer = ring.writer({ overwrite });
        const readers: ModelReader[] = [0, 1, 2].map(() => ({ reader: ring.reader(), unseen: [], held: [] }));
        const seenByAny = new Set<number>();
        const inMemory = new Map<number, number>();
        let frames = 0;
        for (const one of steps) {
          if (one.do === 'write' || one.do === 'abandon') {
            using slot = writer.acquire();
            if (slot === undefined) continue;
            expect(readers.some(({ held }) => held.some((other) => other.slot.index === slot.index))).toBe(
              false,
            );
            const gone = inMemory.get(slot.index) ?? 0;
            if (!overwrite) expect(readers.some(({ unseen }) => unseen.includes(gone))).toBe(false);
            for (const model of readers) model.unseen = model.unseen.filter((frame) => frame !== gone);
            inMemory.delete(slot.index);
            if (one.do === 'abandon') continue;
            frames += 1;
            slot.metadata[0] = frames;
            slot.publish();
            inMemory.set(slot.index, frames);
            for (const { unseen } of readers) unseen.push(frames);
            continue;
          }
          const model = readers[one.reader] as ModelReader;
          if (one.do === 'release') {
            model.held.shift()?.slot[Symbol.dispose]();
          } else if (one.do === 'evict') {
            ring.releaseReader(model.reader.id);
            model.reader = ring.reader();
            model.held = [];
          } else if (one.do === 'close') {
            model.reader[Symbol.dispose]();
            model.reader = ring.reader();
            model.held = [];
            model.unseen = [];
          } else {
            const isNewest = one.do === 'newest';
            const expected = isNewest ? model.unseen.at(-1) : model.unseen[0];
            const slot = isNewest ? model.reader.takeNewest() : model.reader.takeOldest();
            expect(slot?.sequence).toBe(expected);
            model.unseen = isNewest ? [] : model.unseen.slice(1);
            if (slot === undefined || expected === undefined) continue;
            expect(slot.metadata[0]).toBe(expected);
            seenByAny.add(expected);
            model.held.push({ slot, frame: expected });
          }
          for (const { held } of readers) {
            for (const { slot, frame } of held) expect(slot.metadata[0]).toBe(frame);
          }
        }
        const { published, dropped } = ring.counters;
        const unsettled = new Set(
          readers.flatMap(({ unseen }) => unseen).filter((frame) => !seenByAny.has(frame)),
        );
        expect(published).toBe(frames);
        // Frames that every reader lost by closing are counted when their slot is written next.
        const lostByClosing = [...inMemory.values()].filter(
          (frame) => !seenByAny.has(frame) && !unsettled.has(frame),
        );
        expect(published - dropped - seenByAny.size - unsettled.size).toBeGreaterThanOrEqual(0);
        expect(published - dropped - seenByAny.size - unsettled.size).toBeLessThanOrEqual(
          lostByClosing.length,
        );
        for (const { reader } of readers) reader[Symbol.dispose]();
        const free: WritableSlot[] = [];
        for (let slot = writer.acquire(); slot !== undefined; slot = writer.acquire()) free.push(slot);
        expect(free).toHaveLength(slots);
      }),
      { numRuns: 1500 },
    );
  },
  60_000,
);

test('200 cameras that come and go, each with readers and a new size, are served from the slabs of the first', () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  using slabs = new SlabPool({ ledger });
  for (let camera = 0; camera < 200; camera += 1) {
    const slotByteLength = [320 * 320 * 12, 640 * 640 * 12, 640 * 384 * 12][camera % 3] ?? 0;
    using ring = FrameRing.allocate(slabs, { ...shape, slotByteLength, camera: `camera-${camera}` });
    using writer = ring.writer({ overwrite: true });
    using _reader = ring.reader();
    must(writer.acquire()).publish();
  }
  // The reader and the writer end before their ring, as `using` has it, so that no slab is detained.
  expect(slabs.counters).toMatchObject({ allocations: 3, reuses: 197, leased: 0, detained: 0 });
  slabs.trim();
  expect(ledger.liveCount).toBe(0);
});
