import type { ByteSource } from './byte-source.ts';

/** The bytes are not a protobuf message of the shape that was looked for. */
export class MalformedProtobufError extends Error {
  override readonly name = 'MalformedProtobufError';
}

/** Longest string that is read; whatever is longer is no name and no metadata of ours. */
const longestText = 1024 * 1024;

const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Walks the fields of one protobuf message without reading what nobody asks for: a field of bytes is only its
 * place until `text` or `message` is called, so weights are stepped over.
 * After `next()` the current field stands in `number`, `value` (varints) and `length` (bytes).
 * Source of the format: the protobuf encoding guide; groups (deprecated, unused in ONNX) count as malformed.
 */
export class ProtobufReader {
  readonly #source: ByteSource;
  readonly #end: number;
  #position: number;
  #start = 0;
  #isBytes = false;
  /** Field number of the current field. */
  number = 0;
  /** A varint's value; past 2^53 it is rounded. */
  value = 0;
  /** Byte length of a field of bytes. */
  length = 0;

  constructor(source: ByteSource, start = 0, end = source.byteLength) {
    this.#source = source;
    this.#position = start;
    this.#end = end;
  }

  /** Steps to the next field; false at the end of the message. @throws MalformedProtobufError */
  next(): boolean {
    if (this.#position >= this.#end) return false;
    const tag = this.#varint();
    this.number = Math.floor(tag / 8);
    if (this.number === 0 || tag > 0xffff_ffff) throw new MalformedProtobufError(`field tag ${tag}`);
    this.#isBytes = false;
    this.value = 0;
    this.length = 0;
    switch (tag % 8) {
      case wire.varint:
        this.value = this.#varint();
        break;
      case wire.fixed64:
        this.#skip(8);
        break;
      case wire.fixed32:
        this.#skip(4);
        break;
      case wire.bytes:
        this.length = this.#varint();
        this.#isBytes = true;
        this.#skip(this.length);
        break;
      default:
        throw new MalformedProtobufError(`wire type ${tag % 8}`);
    }
    return true;
  }

  /** The current field as UTF-8. @throws MalformedProtobufError when it is a number or longer than 1 MiB */
  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  /** A copy of the current field's bytes. @throws MalformedProtobufError as `text` */
  bytes(): Uint8Array {
    this.#requireBytes();
    if (this.length > longestText) throw new MalformedProtobufError(`a text of ${this.length} bytes`);
    return this.#source.read(this.#start, this.length).slice();
  }

  /**
   * Numbers of a repeated varint field, packed or a single one; `most` at most.
   * @throws MalformedProtobufError when packed numbers do not end with the field
   */
  varints(most: number): number[] {
    if (!this.#isBytes) return most > 0 ? [this.value] : [];
    const packed = new ProtobufReader(this.#source, this.#start, this.#start + this.length);
    const numbers: number[] = [];
    while (packed.#position < packed.#end && numbers.length < most) numbers.push(packed.#varint());
    return numbers;
  }

  /** A reader over the current field, taken as a message of its own. @throws MalformedProtobufError */
  message(): ProtobufReader {
    this.#requireBytes();
    return new ProtobufReader(this.#source, this.#start, this.#start + this.length);
  }

  #requireBytes(): void {
    if (!this.#isBytes) throw new MalformedProtobufError(`field ${this.number} is a number`);
  }

  #skip(length: number): void {
    this.#start = this.#position;
    if (length > this.#end - this.#position) throw new MalformedProtobufError(`${length} bytes past the end`);
    this.#position += length;
  }

  #varint(): number {
    let value = 0;
    let weight = 1;
    for (let index = 0; index < 10; index++) {
      if (this.#position >= this.#end) throw new MalformedProtobufError('a number past the end');
      const byte = this.#source.byteAt(this.#position);
      this.#position += 1;
      value += (byte & 127) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
    throw new MalformedProtobufError('a number of more than ten bytes');
  }
}
