import { MalformedProtobufError, type ProtobufReader } from './protobuf-reader.ts';

/**
 * Values of one tensor beyond which a graph is taken to be damaged: 256 MiB of floats, ten times the largest constant of a
 * YOLO. The runtime takes what a graph declares before it looks at what the file holds.
 */
const mostElements = 2 ** 26;
/** Pixels of a picture where the file leaves them open. */
const usualPixels = 640 * 640;
/** Pixels of padding, stride or window beyond which an operator is taken to be damaged. */
const longestReach = 2 ** 15;
const reaches = new Set(['pads', 'kernel_shape', 'strides', 'dilations', 'output_padding', 'output_shape']);

/** Bits of a value by TensorProto's data type (onnx.proto3); 0 for strings and what is not known. */
const bitsOfType = [0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8];

/** What a tensor declares and what of it is there. */
export interface TensorClaim {
  readonly name: string;
  readonly dims: readonly number[];
  /** TensorProto's data type. */
  readonly type: number;
  /** Bytes in `raw_data`, or in the second file; `undefined` where the values stand in typed fields. */
  readonly rawBytes: number | undefined;
  /** Bytes in typed fields, as they are packed. */
  readonly typedBytes: number;
}

/** @throws MalformedProtobufError where a tensor declares more values than the file holds for it. */
export function refuseOverclaim({ name, dims, type, rawBytes, typedBytes }: TensorClaim): void {
  const elements = product(dims);
  // A packed value takes a byte at least; of the 4-bit types two share one.
  const held = rawBytes ?? 2 * typedBytes;
  const needed = rawBytes === undefined ? elements : Math.ceil((elements * (bitsOfType[type] ?? 0)) / 8);
  if (needed <= held) return;
  throw new MalformedProtobufError(
    `the tensor ${quoted(name)} declares [${dims.join(', ')}] values and holds ${rawBytes ?? typedBytes} bytes`,
  );
}

/** A node's attribute of whole numbers. @throws MalformedProtobufError for reaches that no picture has */
export function refuseReach(operator: string, attribute: string, values: readonly number[]): void {
  if (!reaches.has(attribute)) return;
  const far = values.find((value) => Math.abs(value) > longestReach);
  if (far === undefined) return;
  throw new MalformedProtobufError(`${operator || 'an operator'} has ${attribute} of ${far}`);
}

/** What a graph's constants say, by name. */
export interface KnownConstants {
  /** Values of small tensors. */
  readonly values: ReadonlyMap<string, readonly number[]>;
  readonly dims: ReadonlyMap<string, readonly number[]>;
  /** Height times width of the pictures that the model takes; 0 where they are left open. */
  readonly inputPixels: number;
}

/** A node whose size is decided by constants. @throws MalformedProtobufError where it makes more than memory should hold */
export function refuseBoundless(
  operator: string,
  inputs: readonly string[],
  { values, dims, inputPixels }: KnownConstants,
): void {
  const of = (place: number): readonly number[] => values.get(inputs[place] ?? '') ?? [];
  const data = dims.get(inputs[0] ?? '');
  // What comes from the picture is taken for one channel at a quarter of its sides, as prototypes are.
  const fromPicture = Math.max(1, (inputPixels || usualPixels) / 16);
  const size = data === undefined ? fromPicture : product(data);
  const makes: Record<string, () => number> = {
    ConstantOfShape: () => product(of(0)),
    Expand: () => product(of(1)),
    OneHot: () => size * product(of(1)),
    Pad: () => paddedSize(data, of(1), fromPicture),
    Range: () => Math.abs(((of(1)[0] ?? 0) - (of(0)[0] ?? 0)) / (of(2)[0] || 1)),
    Resize: () => Math.max(size * product(of(2)), product(of(3))),
    Tile: () => size * product(of(1)),
    Upsample: () => size * product(of(1)),
  };
  const elements = Object.hasOwn(makes, operator) ? (makes[operator]?.() ?? 0) : 0;
  if (elements <= mostElements) return;
  throw new MalformedProtobufError(`${operator} makes a tensor of ${elements.toPrecision(2)} values`);
}

/** Pads stand as all begins, then all ends; negative ones cut. Of unknown data four axes are a picture's. */
function paddedSize(
  data: readonly number[] | undefined,
  pads: readonly number[],
  fromPicture: number,
): number {
  const axes = pads.length / 2;
  const known = data?.length === axes ? data : undefined;
  const unknown = known === undefined && axes === 4 ? fromPicture : 1;
  const grown = product(
    Array.from({ length: Math.floor(axes) }, (_, axis) =>
      Math.max(1, (known?.[axis] ?? 1) + (pads[axis] ?? 0) + (pads[axis + axes] ?? 0)),
    ),
  );
  return unknown * grown;
}

/** Values of a small tensor of int64 (7), int32 (6) or float32 (1); nothing of other types. */
export function smallValues(type: number, raw: Uint8Array): number[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const width = type === 7 ? 8 : 4;
  const read = (at: number): number => {
    if (type === 7) return Number(view.getBigInt64(at, true));
    return type === 6 ? view.getInt32(at, true) : view.getFloat32(at, true);
  };
  if (type !== 1 && type !== 6 && type !== 7) return [];
  return Array.from({ length: Math.floor(raw.byteLength / width) }, (_, index) => read(index * width));
}

/** Whole numbers of a repeated int64 field, at most `most`; rounded past 2^53, so that -1 comes as 0. @throws MalformedProtobufError */
export function addLongs(field: ProtobufReader, into: number[], most: number): void {
  for (const value of field.varints(most - into.length))
    into.push(value >= 2 ** 63 ? value - 2 ** 64 : value);
}

/** Negative sizes count as 1: where they are damage, the runtime says so at once and takes nothing. */
function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * (size < 0 ? 1 : size), 1);
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 60));
}
