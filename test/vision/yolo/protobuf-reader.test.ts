import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ByteSource } from '../../../src/vision/yolo/byte-source.ts';
import { MalformedProtobufError, ProtobufReader } from '../../../src/vision/yolo/protobuf-reader.ts';
import * as written from '../../support/known-answer-protobuf.ts';

function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    byteAt: (offset) => bytes[offset]!,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A reader at its first field. */
function firstField(...parts: readonly written.Bytes[]): ProtobufReader {
  const reader = new ProtobufReader(sourceOf(written.concat(parts)));
  expect(reader.next()).toBe(true);
  return reader;
}

type Field =
  | { readonly number: number; readonly value: number }
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fields: readonly Field[] };

const number = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const fields = fc.letrec<{ list: Field[]; one: Field }>((tie) => ({
  list: fc.array(tie('one'), { maxLength: 5 }),
  one: fc.oneof(
    { depthSize: 'small' },
    fc.record({ number, value: fc.maxSafeNat() }),
    fc.record({ number, text: fc.string({ unit: 'grapheme' }) }),
    fc.record({ number, fields: tie('list') }),
  ),
})).list;

function bytesOf(field: Field): written.Bytes {
  if ('value' in field) return written.integer(field.number, field.value);
  if ('text' in field) return written.text(field.number, field.text);
  return written.message(field.number, ...field.fields.map(bytesOf));
}

/** Reads as many fields of the same shape as were written. */
function read(reader: ProtobufReader, shape: readonly Field[]): Field[] {
  const found = shape.map((field): Field => {
    expect(reader.next()).toBe(true);
    if ('value' in field) return { number: reader.number, value: reader.value };
    if ('text' in field) return { number: reader.number, text: reader.text() };
    return { number: reader.number, fields: read(reader.message(), field.fields) };
  });
  expect(reader.next()).toBe(false);
  return found;
}

describe('a protobuf message', () => {
  test('is read as it was written, messages in messages included', () => {
    fc.assert(
      fc.property(fields, (list) => {
        const bytes = written.concat(list.map(bytesOf));
        expect(read(new ProtobufReader(sourceOf(bytes)), list)).toEqual(list);
      }),
    );
  });

  test('numbers of fixed width are stepped over', () => {
    const fixed64 = Uint8Array.of(1 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8);
    const fixed32 = Uint8Array.of(2 * 8 + 5, 1, 2, 3, 4);
    const reader = new ProtobufReader(sourceOf(written.concat([fixed64, fixed32, written.integer(3, 7)])));
    const found: number[][] = [];
    while (reader.next()) found.push([reader.number, reader.value]);
    expect(found).toEqual([
      [1, 0],
      [2, 0],
      [3, 7],
    ]);
  });

  test('repeated numbers are read packed or single, and never more than asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { maxLength: 10 }), fc.nat(12), (numbers, most) => {
        const packed = firstField(written.bytes(5, written.concat(numbers.map(written.varint))));
        expect(packed.varints(most)).toEqual(numbers.slice(0, most));
      }),
    );
    const single = firstField(written.integer(5, 300));
    expect([single.varints(4), single.varints(0)]).toEqual([[300], []]);
  });

  test('a negative number takes ten bytes and is no fault', () => {
    const reader = firstField(written.integer(1, -1), written.integer(2, 5));
    expect(reader.value).toBe(2 ** 64);
    expect([reader.next(), reader.value]).toEqual([true, 5]);
  });

  test.for([
    ['a field of number 0', [0, 1]],
    ['a group', [1 * 8 + 3]],
    ['a tag past 32 bits', [0x88, 0x80, 0x80, 0x80, 0x10, 1]],
    ['a number that is cut off', [1 * 8, 0x80]],
    ['a number of eleven bytes', [1 * 8, ...Array<number>(10).fill(0x80), 1]],
    ['a text that is cut off', [1 * 8 + 2, 3, 65, 66]],
    ['a length past all bytes', [1 * 8 + 2, ...Array<number>(9).fill(0xff), 1]],
    ['a fixed number that is cut off', [1 * 8 + 5, 1, 2, 3]],
  ] as [string, number[]][])('%s is malformed', ([, bytes]) => {
    const reader = new ProtobufReader(sourceOf(Uint8Array.from(bytes)));
    expect(() => reader.next()).toThrow(MalformedProtobufError);
  });

  test('what is asked for as what it is not is malformed', () => {
    expect(() => firstField(written.integer(1, 5)).text()).toThrow(/field 1 is a number/);
    expect(() => firstField(written.integer(1, 5)).message()).toThrow(MalformedProtobufError);
    expect(() => firstField(written.bytes(1, Uint8Array.of(0x80))).varints(1)).toThrow(/past the end/);
  });

  test('a field says nothing of the one before it', () => {
    const reader = firstField(written.integer(1, 5), written.text(2, 'ab'), written.integer(3, 6));
    reader.next();
    expect([reader.number, reader.value, reader.length]).toEqual([2, 0, 2]);
    reader.next();
    expect([reader.number, reader.value, reader.length]).toEqual([3, 6, 0]);
    expect(() => reader.text()).toThrow(/field 3 is a number/);
  });

  test('a message within ends where its field does, not where the file does', () => {
    const inner = firstField(written.bytes(1, Uint8Array.of(1 * 8 + 2, 4)), written.integer(2, 1)).message();
    expect(() => inner.next()).toThrow(/4 bytes past the end/);
  });

  test('a text of 1 MiB is read, a longer one is not', () => {
    const mebibyte = 2 ** 20;
    expect(firstField(written.bytes(1, new Uint8Array(mebibyte))).text()).toHaveLength(mebibyte);
    const longer = firstField(written.bytes(1, new Uint8Array(mebibyte + 1)));
    expect(() => longer.text()).toThrow(/a text of 1048577 bytes/);
  });
});
