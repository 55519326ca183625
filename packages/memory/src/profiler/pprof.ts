/** A profile in pprof's form (gzipped protobuf, profile.proto), for `go tool pprof`, speedscope and the like. */
import { gzipSync } from 'node:zlib';

/** One stack, the innermost frame first, with a value for each of the profile's types. */
export interface PprofSample {
  readonly stack: readonly PprofFrame[];
  readonly values: readonly number[];
}

export interface PprofFrame {
  readonly name: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

export interface PprofType {
  /** `heap`, `time`. */
  readonly type: string;
  /** `bytes`, `nanoseconds`, `count`. */
  readonly unit: string;
}

/** @param durationSeconds Of the whole. Values are rounded to whole numbers. */
export function pprofFile(
  types: readonly PprofType[],
  samples: readonly PprofSample[],
  durationSeconds: number,
): Uint8Array {
  const strings = new Index<string>(['']);
  const functions = new Index<string>([]);
  const locations = new Index<string>([]);
  const functionMessages: Message[] = [];
  const locationMessages: Message[] = [];
  const locationOf = ({ name, file = '', line = 0 }: PprofFrame): number => {
    const id = locations.of(`${file}:${line}:${name}`) + 1;
    if (id <= locationMessages.length) return id;
    const functionId = functions.of(`${file}:${name}`) + 1;
    if (functionId > functionMessages.length) {
      const [nameAt, fileAt] = [strings.of(name), strings.of(file)];
      functionMessages.push(
        new Message().number(1, functionId).number(2, nameAt).number(3, nameAt).number(4, fileAt),
      );
    }
    const lineMessage = new Message().number(1, functionId).number(2, line);
    locationMessages.push(new Message().number(1, id).message(4, lineMessage));
    return id;
  };
  const profile = new Message();
  for (const { type, unit } of types) {
    profile.message(1, new Message().number(1, strings.of(type)).number(2, strings.of(unit)));
  }
  for (const { stack, values } of samples) {
    const sample = new Message().packed(1, stack.map(locationOf)).packed(2, values.map(Math.round));
    profile.message(2, sample);
  }
  for (const one of locationMessages) profile.message(4, one);
  for (const one of functionMessages) profile.message(5, one);
  for (const text of strings.items) profile.text(6, text);
  profile.number(10, Math.round(durationSeconds * 1e9));
  return gzipSync(profile.bytes());
}

/** Things by the order in which they first came. */
class Index<T> {
  readonly items: T[];
  readonly #at: Map<T, number>;

  constructor(items: T[]) {
    this.items = items;
    this.#at = new Map(items.map((item, at) => [item, at]));
  }

  of(item: T): number {
    let at = this.#at.get(item);
    if (at === undefined) {
      at = this.items.length;
      this.items.push(item);
      this.#at.set(item, at);
    }
    return at;
  }
}

/** A protobuf message under construction. */
class Message {
  readonly #bytes: number[] = [];

  number(field: number, value: number): this {
    this.#varint(BigInt(field << 3));
    this.#varint(BigInt(value));
    return this;
  }

  packed(field: number, values: readonly number[]): this {
    const inner = new Message();
    for (const value of values) inner.#varint(BigInt(value));
    return this.#delimited(field, inner.#bytes);
  }

  message(field: number, message: Message): this {
    return this.#delimited(field, message.#bytes);
  }

  text(field: number, text: string): this {
    return this.#delimited(field, new TextEncoder().encode(text));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #delimited(field: number, bytes: ArrayLike<number>): this {
    this.#varint(BigInt((field << 3) | 2));
    this.#varint(BigInt(bytes.length));
    for (let at = 0; at < bytes.length; at += 1) this.#bytes.push(bytes[at] ?? 0);
    return this;
  }

  /** Negative ones take ten bytes, as 64-bit two's complement. */
  #varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) this.#bytes.push(Number(rest & 127n) | 128);
    this.#bytes.push(Number(rest));
  }
}
