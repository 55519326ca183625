import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bits,
  header,
  holdBit,
  isNewer,
  maxReaders,
  nextTag,
  pendingBit,
  RingWords,
  row,
} from '../src/ring-words.ts';

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

function newWords(slots: number, ringId = 7): RingWords {
  return new RingWords(new SharedArrayBuffer(RingWords.byteLengthFor(slots)), slots, ringId);
}

test('the parts of a state word do not overlap and leave none out', () => {
  const parts = Object.values(bits);
  for (const [at, one] of parts.entries())
    for (const other of parts.slice(0, at)) expect(one & other).toBe(0);
  expect(parts.reduce((all, one) => all | one, 0)).toBe(-1);
  const readers = Array.from({ length: maxReaders }, (_, reader) => reader);
  expect(readers.reduce((all, reader) => all | holdBit(reader), 0)).toBe(bits.holders);
  expect(readers.reduce((all, reader) => all | pendingBit(reader), 0)).toBe(bits.pending);
});

const powers = fc.nat(13).map((power) => 2 ** power);

test('the next tag is another one, for a word and whatever becomes of it until 8192 tags have passed', () => {
  fc.assert(
    fc.property(word, fc.oneof(fc.integer({ min: 1, max: 99 }), powers), (first, times) => {
      let last = first;
      for (let time = 0; time < times; time += 1) last = nextTag(last);
      expect((last & bits.tag) === (first & bits.tag)).toBe(times === 8192);
      expect(last & ~bits.tag).toBe(first & ~bits.tag & ~bits.writing);
    }),
  );
});

test('a sequence is newer than those up to 2^31 before it, across the wrap too', () => {
  fc.assert(
    fc.property(
      fc.oneof(word, fc.constant(2 ** 31 - 1)),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      (a, by) => {
        const later = (a + by) | 0;
        expect([isNewer(later, a), isNewer(a, later), isNewer(a, a)]).toEqual([true, false, false]);
      },
    ),
  );
});

test('every word of a ring has a place of its own, within whole cache lines', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), (slots) => {
      expect(RingWords.byteLengthFor(slots) % 64).toBe(0);
      const words = newWords(slots);
      const places = [
        ...Object.values(header),
        ...Array.from({ length: maxReaders }, (_, reader) =>
          Object.values(row).map((one) => words.rowAt(reader, one)),
        ).flat(),
        ...Array.from({ length: slots }, (_, slot) => words.stateAt(slot)),
      ];
      for (const [number, at] of places.entries()) words.store(at, number + 1);
      for (let slot = 0; slot < slots; slot += 1) {
        expect(words.sequence(slot)).toBe(0);
        expect(words.swapSequence(slot, 0, -1 - slot)).toBe(true);
      }
      expect(places.map((at) => words.load(at))).toEqual(places.map((_, number) => number + 1));
      for (let slot = 0; slot < slots; slot += 1) expect(words.sequence(slot)).toBe(-1 - slot);
    }),
    { numRuns: 30 },
  );
});

test('a step from a word that was changed meanwhile fails and changes nothing', () => {
  const words = newWords(2);
  expect(words.swap(1, 0, 5)).toBe(true);
  expect(words.swap(1, 0, 6)).toBe(false);
  expect([words.state(0), words.state(1)]).toEqual([0, 5]);
});

test('words that serve another ring by now are closed to the first', () => {
  const buffer = new SharedArrayBuffer(RingWords.byteLengthFor(2));
  const [first, second] = [new RingWords(buffer, 2, 1), new RingWords(buffer, 2, 2)];
  first.initialize(3);
  expect([first.isThisRing, first.closed, first.load(header.expected)]).toEqual([true, false, 0b111]);
  second.initialize(1);
  expect([first.isThisRing, first.closed]).toEqual([false, true]);
  expect([second.isThisRing, second.closed]).toEqual([true, false]);
  second.store(header.closed, 1);
  expect(second.closed).toBe(true);
});

test('a ring that is made anew has no state that the one before had, and counts nothing yet', () => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 3, maxLength: 3 }),
      fc.oneof(word, fc.constant(0)),
      (states, epoch) => {
        const words = newWords(3);
        for (const [slot, state] of states.entries()) words.store(words.stateAt(slot), state);
        words.store(words.rowAt(2, row.epoch), epoch);
        words.store(words.rowAt(2, row.owner), 99);
        words.store(header.published, 99);
        words.initialize(1);
        for (const [slot, state] of states.entries()) {
          expect(words.state(slot) & ~bits.tag).toBe(0);
          expect(words.state(slot) & bits.tag).not.toBe(state & bits.tag);
        }
        expect(words.load(words.rowAt(2, row.epoch))).not.toBe(epoch);
        expect([words.load(words.rowAt(2, row.owner)), words.load(header.published)]).toEqual([0, 0]);
      },
    ),
  );
});

test('a count goes on beyond 2^31, and its bits are set and cleared alone', () => {
  const words = newWords(1);
  words.store(header.published, -1);
  expect(words.count(header.published)).toBe(2 ** 32 - 1);
  expect(words.add(header.published)).toBe(-1);
  expect(words.count(header.published)).toBe(0);
  words.set(header.expected, 0b101);
  words.clear(header.expected, 0b100);
  expect(words.load(header.expected)).toBe(0b001);
});

test('a bell that rang since it was looked at, or rings now, ends the wait for it', async () => {
  const words = newWords(1);
  const minute = 60_000;
  const seen = words.load(header.publishedBell);
  const waiting = words.waitAsync('publishedBell', seen, minute);
  words.ring('publishedBell');
  await waiting;
  await words.waitAsync('publishedBell', seen, minute);
  words.wait('publishedBell', seen, minute);
  expect([words.load(header.publishedBell), words.load(header.freeBell)]).toEqual([seen + 1, 0]);
});

test('a wait for a bell that nobody rings ends with its time', async () => {
  const words = newWords(1);
  words.wait('freeBell', 0, 1);
  await words.waitAsync('freeBell', 0, 1);
  expect(words.load(header.freeBell)).toBe(0);
});
