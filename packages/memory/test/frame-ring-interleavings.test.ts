/** Steps of other threads in the middle of a step: `Atomics` is intercepted, so that each race comes when it is asked for. */
import { afterEach, expect, test, vi } from 'vitest';
import { FrameRing, type RingReader, type RingWriter, SlabPool } from '../src/index.ts';
import { RingControl } from '../src/ring-control.ts';
import { RingWords } from '../src/ring-words.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs `other` once, right after the nth call of an atomic operation from here on. */
function after(operation: 'load' | 'compareExchange', nth: number, other: () => void): void {
  let calls = 0;
  const original = Atomics[operation] as (...all: unknown[]) => unknown;
  const spy = vi.spyOn(Atomics, operation as 'load');
  spy.mockImplementation((...all: unknown[]) => {
    const result = original(...all);
    calls += 1;
    if (calls === nth) {
      spy.mockRestore();
      other();
    }
    return result as never;
  });
}

function write(writer: RingWriter, frame: number): void {
  using slot = writer.acquire();
  if (slot === undefined) throw new Error('there should have been a slot');
  slot.metadata[0] = frame;
  slot.publish();
}

const shape = { slots: 4, slotByteLength: 8, metadataFields: 1 };

// Long enough to reach past the last load or exchange of any step.
const everyMoment = Array.from({ length: 24 }, (_, at) => at + 1);

test.each(everyMoment)(
  'publications overtake a scan for the oldest at its load %i: the order is kept',
  (nth) => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, shape);
    using reader = ring.reader();
    using writer = ring.writer({ overwrite: false });
    after('load', nth, () => {
      write(writer, 1);
      write(writer, 2);
    });
    const order: number[] = [];
    const take = (): void => {
      using slot = reader.takeOldest();
      if (slot !== undefined) order.push(slot.metadata[0] ?? 0);
    };
    for (let i = 0; i < 4; i += 1) take();
    vi.restoreAllMocks();
    for (let i = 0; i < 2; i += 1) take();
    expect(order).toEqual([1, 2].slice(0, ring.counters.published));
  },
);

test.each(everyMoment)('frames overtake a scan for the newest at its load %i: it never goes back', (nth) => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  using reader = ring.reader();
  using writer = ring.writer({ overwrite: true });
  write(writer, 1);
  after('load', nth, () => {
    for (let frame = 2; frame < 9; frame += 1) write(writer, frame);
  });
  let last = 0;
  for (let i = 0; i < 4; i += 1) {
    using slot = reader.takeNewest();
    if (slot === undefined) continue;
    expect(slot.metadata[0]).toBe(slot.sequence);
    expect(slot.sequence).toBeGreaterThan(last);
    last = slot.sequence;
  }
  vi.restoreAllMocks();
  const { published, dropped, taken } = ring.counters;
  expect(last).toBe(published);
  expect(published).toBe(dropped + taken);
});

test.each(everyMoment)(
  'a reader closes inside of a publication, at its load %i: the slot is not kept for it',
  (nth) => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, { ...shape, readers: 2 });
    const reader = ring.reader();
    using other = ring.reader();
    using writer = ring.writer({ overwrite: false });
    after('load', nth, () => reader[Symbol.dispose]());
    write(writer, 1);
    vi.restoreAllMocks();
    reader[Symbol.dispose]();
    other.takeOldest()?.[Symbol.dispose]();
    for (let frame = 2; frame < 6; frame += 1) write(writer, frame);
    expect(writer.acquire()).toBeUndefined();
  },
);

/** A zombie, evicted in the middle of what it does, must not disturb its successor, which has the same id. */
function succeed(ring: FrameRing, id: number): RingReader {
  ring.releaseReader(id);
  return ring.reader();
}

test.each(everyMoment)(
  'a reader is evicted inside of a take, at its load %i: its successor misses nothing',
  (nth) => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, shape);
    const zombie = ring.reader();
    using writer = ring.writer({ overwrite: false });
    write(writer, 1);
    write(writer, 2);
    const successors: RingReader[] = [];
    after('load', nth, () => {
      const successor = succeed(ring, zombie.id);
      successors.push(successor);
    });
    let zombieTook = 0;
    try {
      zombieTook = zombie.takeOldest() === undefined ? 0 : 1;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_READER_EVICTED' });
    }
    vi.restoreAllMocks();
    const successor = successors[0] ?? succeed(ring, zombie.id);
    const order: number[] = [];
    for (let slot = successor.takeOldest(); slot !== undefined; slot = successor.takeOldest()) {
      order.push(slot.sequence);
      slot[Symbol.dispose]();
    }
    expect(order).toEqual(zombieTook === 1 ? [2] : [1, 2]);
    for (let frame = 3; frame < 7; frame += 1) write(writer, frame);
  },
);

test.each(everyMoment)(
  'a reader is evicted inside of a release, at its load %i: its successor keeps what it took',
  (nth) => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, { ...shape, slots: 2 });
    const zombie = ring.reader();
    using writer = ring.writer({ overwrite: false });
    write(writer, 1);
    const held = zombie.takeOldest();
    let taken: number | undefined;
    const evict = (): void => {
      const successor = succeed(ring, zombie.id);
      write(writer, 2);
      write(writer, 3);
      successor.takeOldest();
      taken = successor.takeOldest()?.sequence;
    };
    after('load', nth, evict);
    held?.[Symbol.dispose]();
    vi.restoreAllMocks();
    if (taken === undefined) evict();
    held?.[Symbol.dispose]();
    expect(taken).toBe(3);
    expect(ring.readerStates()).toMatchObject([{ holding: 2 }]);
    expect(writer.acquire()).toBeUndefined();
  },
);

test('a zombie gives back a slot that its successor holds: it stays held', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, slots: 2 });
  const zombie = ring.reader();
  using writer = ring.writer({ overwrite: false });
  write(writer, 1);
  const held = zombie.takeOldest();
  const successor = succeed(ring, zombie.id);
  write(writer, 2);
  write(writer, 3);
  successor.takeOldest();
  successor.takeOldest();
  held?.[Symbol.dispose]();
  expect(ring.readerStates()).toMatchObject([{ holding: 2 }]);
});

test('an eviction changes the state word of every slot that the reader had still to see', () => {
  const buffer = new SharedArrayBuffer(RingWords.byteLengthFor(2));
  const control = new RingControl(buffer, 2, 1);
  control.words.initialize(1);
  const id = control.reading.register(0);
  const index = control.writing.acquire(false);
  control.writing.publish(index, control.writing.ticket(index), 0);
  const before = control.writing.ticket(index);
  control.reading.evict(id, true);
  expect(control.writing.ticket(index)).not.toBe(before);
});

test('a release wakes a writer that waits, without the help of its time', async () => {
  const buffer = new SharedArrayBuffer(RingWords.byteLengthFor(2));
  const control = new RingControl(buffer, 2, 1);
  control.words.initialize(1);
  const alive = setInterval(() => undefined, 1000);
  const waiting = control.words.waitAsync('freeBell', control.freeValue, 3_600_000);
  const index = control.writing.acquire(false);
  control.writing.abandon(index, control.writing.ticket(index));
  await waiting;
  clearInterval(alive);
});

test('a publication wakes a reader that waits, without the help of its time', async () => {
  const buffer = new SharedArrayBuffer(RingWords.byteLengthFor(2));
  const control = new RingControl(buffer, 2, 1);
  control.words.initialize(1);
  const alive = setInterval(() => undefined, 1000);
  const waiting = control.words.waitAsync('publishedBell', control.publishedValue, 3_600_000);
  const index = control.writing.acquire(false);
  control.writing.publish(index, control.writing.ticket(index), 0);
  await waiting;
  clearInterval(alive);
});

test('empty slots are written before slots that were read, and those before unread ones, the oldest first', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  using reader = ring.reader();
  using writer = ring.writer({ overwrite: true });
  const order: number[] = [];
  const next = (): void => {
    using slot = writer.acquire();
    order.push(slot?.index ?? -1);
    slot?.publish();
  };
  for (let i = 0; i < 3; i += 1) next();
  reader.takeOldest()?.[Symbol.dispose]();
  next();
  expect(order).toEqual([0, 1, 2, 3]);
  next();
  next();
  next();
  expect(order.slice(4)).toEqual([0, 1, 2]);
});

test('what a closing reader had not seen counts as dropped at once', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  const reader = ring.reader();
  using writer = ring.writer({ overwrite: false });
  for (let frame = 1; frame < 4; frame += 1) write(writer, frame);
  reader.takeOldest();
  reader[Symbol.dispose]();
  expect(ring.counters).toMatchObject({ published: 3, taken: 1, dropped: 2 });
});

test.each(everyMoment)(
  'a writer is given up at exchange %i of its publication: its successor writes in order all the same',
  (nth) => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, shape);
    using reader = ring.reader();
    const late = ring.writer({ overwrite: false });
    const slot = late.acquire();
    let isGivenUp = false;
    after('compareExchange', nth, () => {
      isGivenUp = true;
      ring.releaseWriter();
      const writer = ring.writer({ overwrite: false });
      write(writer, 1);
      write(writer, 2);
    });
    let published = true;
    try {
      slot?.publish();
    } catch {
      published = false;
    }
    vi.restoreAllMocks();
    const seen: number[][] = [];
    for (let taken = reader.takeOldest(); taken !== undefined; taken = reader.takeOldest())
      seen.push([taken.metadata[0] ?? 0, taken.sequence]);
    const frames = seen.map(([frame]) => frame).filter((frame) => frame !== 0);
    expect(frames).toEqual(isGivenUp && !published ? [1, 2] : frames.toSorted());
    expect(seen.map(([, sequence]) => sequence)).toEqual(seen.map(([, one]) => one).toSorted());
  },
);
