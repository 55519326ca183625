/**
 * The few ONNX messages that a known-answer model needs, written by hand: a protobuf message is a run of
 * (field number, wire type, value), so a writer is shorter than a dependency would be.
 * Field numbers: onnx.proto3 of the ONNX project.
 */

export type Bytes = Uint8Array;

export function concat(parts: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.byteLength;
  }
  return joined;
}

/** Base-128, least significant group first; negative numbers take ten bytes, as two's complement of 64 bits. */
export function varint(value: number | bigint): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

export function integer(field: number, value: number | bigint): Bytes {
  return concat([varint(field * 8), varint(value)]);
}

export function bytes(field: number, value: Bytes): Bytes {
  return concat([varint(field * 8 + 2), varint(value.byteLength), value]);
}

export function text(field: number, value: string): Bytes {
  return bytes(field, new TextEncoder().encode(value));
}

export function message(field: number, ...parts: readonly Bytes[]): Bytes {
  return bytes(field, concat(parts));
}

export const dataType = { float: 1, int8: 3, int64: 7, float16: 10 } as const;
export type DataType = keyof typeof dataType;

/** A dimension: its size, or the name of a dynamic axis. */
export type Dimension = number | string;

export interface TensorOptions {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly raw: Bytes;
  /** Where the bytes lie when they are in a second file. */
  readonly external?: { readonly location: string; readonly offset: number };
}

/** A TensorProto, without its field header. */
export function tensor({ name, type, dims, raw, external }: TensorOptions): Bytes {
  const shape = dims.map((size) => integer(1, size));
  const head = [...shape, integer(2, dataType[type]), text(8, name)];
  if (external === undefined) return concat([...head, bytes(9, raw)]);
  const entry = (key: string, value: string): Bytes => message(13, text(1, key), text(2, value));
  return concat([
    ...head,
    entry('location', external.location),
    entry('offset', String(external.offset)),
    entry('length', String(raw.byteLength)),
    integer(14, 1),
  ]);
}

export const floats = (values: Float32Array | readonly number[]): Bytes => {
  const array = Float32Array.from(values);
  return new Uint8Array(array.buffer);
};

export const longs = (values: readonly number[]): Bytes =>
  new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);

/** An int64 list attribute of a node. */
export const integersAttribute = (name: string, values: readonly number[]): Bytes =>
  message(5, text(1, name), ...values.map((value) => integer(8, value)), integer(20, 7));

export const integerAttribute = (name: string, value: number): Bytes =>
  message(5, text(1, name), integer(3, value), integer(20, 2));

/** A NodeProto as field 1 of a graph. */
export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Bytes[] = [],
): Bytes {
  return message(
    1,
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(3, `node_${outputs[0]}`),
    text(4, operator),
    ...attributes,
  );
}

/** A ValueInfoProto as field `field` of a graph: 11 an input, 12 an output. */
export function valueInfo(field: number, name: string, type: DataType, shape: readonly Dimension[]): Bytes {
  const dimensions = shape.map((size) =>
    message(1, typeof size === 'number' ? integer(1, size) : text(2, size)),
  );
  return message(
    field,
    text(1, name),
    message(2, message(1, integer(1, dataType[type]), message(2, ...dimensions))),
  );
}
