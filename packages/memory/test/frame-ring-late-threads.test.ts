/** Threads that were given up for dead, and go on: nothing that they still try reaches anybody else. */
import { describe, expect, test } from 'vitest';
import { FrameRing, type RingWriter, SlabPool } from '../src/index.ts';

const shape = { slots: 2, slotByteLength: 64, metadataFields: 0 };

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there should have been one');
  return value;
}

function write(writer: RingWriter, value: number): void {
  using slot = must(writer.acquire());
  slot.bytes.fill(value);
  slot.publish();
}

describe('in the same ring', () => {
  test('a late publication is refused and changes the place of no other frame', () => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, shape);
    using reader = ring.reader();
    const given = ring.writer({ overwrite: false });
    const late = must(given.acquire());
    ring.releaseWriter();
    using writer = ring.writer({ overwrite: false });
    write(writer, 1);
    write(writer, 2);
    expect(() => late.publish()).toThrow(/counted as dead/);
    for (const value of [1, 2]) {
      using slot = must(reader.takeOldest());
      expect([slot.bytes[0], slot.sequence]).toEqual([value, value]);
    }
  });

  test('a late disposal takes neither the slot nor the place of the writer that came after', () => {
    using slabs = new SlabPool();
    using ring = FrameRing.allocate(slabs, shape);
    const given = ring.writer({ overwrite: true });
    ring.releaseWriter();
    using writer = ring.writer({ overwrite: true });
    using slot = must(writer.acquire());
    given[Symbol.dispose]();
    expect(() => ring.writer({ overwrite: true })).toThrow(/has a writer already/);
    expect(() => slot.publish()).not.toThrow();
  });
});

describe('in the next ring in the same memory', () => {
  test('a late publication hands out nothing that is half written', () => {
    using slabs = new SlabPool();
    const first = FrameRing.allocate(slabs, shape);
    const late = must(first.writer({ overwrite: true }).acquire());
    first.releaseWriter();
    first[Symbol.dispose]();
    using ring = FrameRing.allocate(slabs, shape);
    expect(ring.handle.buffer).toBe(first.handle.buffer);
    using reader = ring.reader();
    using writer = ring.writer({ overwrite: true });
    using slot = must(writer.acquire());
    expect(() => late.publish()).toThrow(/counted as dead/);
    expect(reader.takeNewest()).toBeUndefined();
    expect(() => slot.publish()).not.toThrow();
  });

  test("a late reader gives nobody else's slot back", () => {
    using slabs = new SlabPool();
    const first = FrameRing.allocate(slabs, shape);
    using firstWriter = first.writer({ overwrite: true });
    write(firstWriter, 1);
    const gone = first.reader();
    const late = must(gone.takeNewest());
    first.releaseReader(gone.id);
    firstWriter[Symbol.dispose]();
    first[Symbol.dispose]();
    using ring = FrameRing.allocate(slabs, shape);
    using writer = ring.writer({ overwrite: true });
    using reader = ring.reader();
    write(writer, 2);
    using held = must(reader.takeNewest());
    late[Symbol.dispose]();
    gone[Symbol.dispose]();
    expect(ring.readerStates()).toMatchObject([{ id: held.index, holding: 1 }]);
    expect(gone.unseen).toBe(0);
  });

  test('a ring that has ended shows its own counters, no readers of its successor, and ends nothing there', () => {
    using slabs = new SlabPool();
    const first = FrameRing.allocate(slabs, shape);
    const last = first.writer({ overwrite: true });
    write(last, 1);
    last[Symbol.dispose]();
    first[Symbol.dispose]();
    using ring = FrameRing.allocate(slabs, shape);
    using reader = ring.reader();
    expect(() => last.end()).toThrow(/disposed/);
    expect(reader.ended).toBe(false);
    expect(first.counters.published).toBe(1);
    expect(first.readerStates()).toEqual([]);
    expect(ring.counters.published).toBe(0);
  });
});

test("a time to wait that is none is refused, and options that are none cost nobody the writer's place", () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, shape);
  using reader = ring.reader();
  expect(() => reader.wait(Number.NaN)).toThrow(/a time to wait/);
  expect(() => ring.writer(undefined as never)).toThrow(TypeError);
  using writer = ring.writer({ overwrite: true });
  expect(writer.acquire()).toBeDefined();
});

test('float views of ever new lengths are bounded, and those in use are found again', () => {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { ...shape, slotByteLength: 4096 });
  using writer = ring.writer({ overwrite: true });
  using slot = must(writer.acquire());
  const whole = slot.float32();
  expect(slot.float32()).toBe(whole);
  for (let length = 1; length < 1000; length += 1) expect(slot.float32(0, length)).toHaveLength(length);
  expect(slot.float32(0, 3)).toBe(slot.float32(0, 3));
  expect(slot.float32(4, 7)).not.toBe(slot.float32(4, 7));
});
