import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BitReader } from '../../../src/vision/video/bit-reader.ts';

type Written = readonly [how: 'bits' | 'unsigned' | 'signed', value: number, count: number];

const unsigned = fc.nat(2 ** 28 - 2);
const writings = fc.array(
  fc.oneof(
    fc
      .integer({ min: 0, max: 30 })
      .chain((count) => fc.nat(2 ** count - 1).map((value): Written => ['bits', value, count])),
    fc.oneof(unsigned, fc.nat(5)).map((value): Written => ['unsigned', value, 0]),
    fc.integer({ min: -(2 ** 27) + 1, max: 2 ** 27 - 1 }).map((value): Written => ['signed', value, 0]),
    // Whole zero bytes, so that prevention bytes are needed.
    fc.constantFrom<Written>(['bits', 0, 24], ['bits', 1, 24], ['bits', 3, 24]),
  ),
  { maxLength: 20 },
);

/** Bits as text, by the standard's table: as many zeros ahead as digits follow the first. */
function written([how, value, count]: Written): string {
  if (how === 'bits') return count === 0 ? '' : value.toString(2).padStart(count, '0');
  const code = how === 'unsigned' ? value : value > 0 ? 2 * value - 1 : -2 * value;
  const digits = (code + 1).toString(2);
  return '0'.repeat(digits.length - 1) + digits;
}

/** The bytes of a unit, a byte of 3 between two zeros and whatever could make a start code of them. */
function unitOf(bits: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '1'), 2);
    if (bytes.at(-1) === 0 && bytes.at(-2) === 0 && byte <= 3) bytes.push(3);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

describe('the bits of a unit', () => {
  test('are read as they were written, whatever stands before and behind them', () => {
    const reader = new BitReader(new Uint8Array(0), 0, 0);
    fc.assert(
      fc.property(writings, fc.uint8Array({ maxLength: 4 }), (list, around) => {
        const unit = unitOf(list.map(written).join(''));
        const bytes = Uint8Array.from([...around, ...unit, ...around]);
        reader.begin(bytes, around.length, around.length + unit.length);
        for (const [how, value, count] of list) {
          // A signed zero may be a negative one.
          expect((how === 'bits' ? reader.bits(count) : reader[how]()) + 0).toBe(value);
        }
        expect(reader.exhausted).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('end where the unit does: the one after the last exhausts the reader', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), (bytes) => {
        const unit = unitOf([...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''));
        const reader = new BitReader(Uint8Array.from([...unit, 0xff]), 0, unit.length);
        expect(bytes.map(() => reader.bits(8))).toEqual(bytes);
        expect(reader.exhausted).toBe(false);
        reader.bit();
        expect(reader.exhausted).toBe(true);
      }),
    );
  });

  test('of one unit say nothing of the next', () => {
    const reader = new BitReader(Uint8Array.of(0, 0, 0xff), 0, 3);
    expect(reader.bits(17)).toBe(1);
    reader.begin(Uint8Array.of(0x80), 0, 1);
    expect(reader.bits(2)).toBe(0b10);
    reader.begin(new Uint8Array(2), 0, 2).bits(16);
    reader.begin(Uint8Array.of(3, 5), 0, 2);
    expect(reader.bits(16)).toBe(3 * 256 + 5);
  });

  test('that are all zero end a number and exhaust the reader', () => {
    const reader = new BitReader(new Uint8Array(2), 0, 2);
    reader.unsigned();
    expect(reader.exhausted).toBe(true);
  });
});
