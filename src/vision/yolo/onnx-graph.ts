import { addLongs, refuseBoundless, refuseOverclaim, refuseReach, smallValues } from './declared-sizes.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** More entries than this are not read: a file with a million metadata keys is an attack, not a model. */
export const mostEntries = 10_000;
/** Bytes of a tensor whose values are kept: shapes, pads and scales are as short as this. */
const smallBytes = 128;
/** Dimensions of a tensor at most; ONNX Runtime itself knows no operator for more. */
const mostDimensions = 64;
/** TensorProto's fields of typed values: float, int32, string, int64, double, uint64. */
const typedFields = new Set([4, 5, 6, 7, 10, 11]);
/** Operators followed back from an output at most. */
const deepestChain = 64;
/** Operators through which a dequantised value passes unchanged on its way to the output. */
const passThrough = new Set(['Identity', 'Reshape', 'Transpose', 'Slice', 'Squeeze', 'Unsqueeze', 'Flatten']);

interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly string[];
}

/** What is kept of a model's graph: its wiring and its scalars, never its weights. Field numbers: onnx.proto3. */
export class GraphParts {
  /** Files that hold weights, as the graph names them. */
  readonly externalFiles = new Set<string>();
  /** Height times width of the pictures that it takes; 0 where one of them is left open. */
  inputPixels = 0;
  readonly #nodeByOutput = new Map<string, GraphNode>();
  readonly #values = new Map<string, readonly number[]>();
  readonly #dims = new Map<string, readonly number[]>();
  readonly #outputs: string[] = [];

  /** Reads a GraphProto. @throws MalformedProtobufError */
  read(graph: ProtobufReader): void {
    while (graph.next()) {
      if (graph.number === 1) this.#readNode(graph.message());
      else if (graph.number === 5) this.#readTensor(graph.message());
      else if (graph.number === 11)
        this.inputPixels = Math.max(this.inputPixels, picturePixels(graph.message()));
      else if (graph.number === 12 && this.#outputs.length < mostEntries) {
        this.#outputs.push(readEntry(graph.message())[0]);
      }
    }
    // Last, since initialisers stand behind the nodes that use them.
    const known = { values: this.#values, dims: this.#dims, inputPixels: this.inputPixels };
    for (const { operator, inputs } of this.#nodeByOutput.values()) refuseBoundless(operator, inputs, known);
  }

  /** Steps of quantised outputs by output name, where a DequantizeLinear makes the output. */
  outputSteps(): Map<string, number> {
    const steps = new Map<string, number>();
    for (const output of this.#outputs) {
      const step = this.#stepOf(output, new Set());
      if (step > 0) steps.set(output, step);
    }
    return steps;
  }

  #readNode(reader: ProtobufReader): void {
    const inputs: string[] = [];
    const outputs: string[] = [];
    let operator = '';
    while (reader.next()) {
      if (reader.number === 1 && inputs.length < mostEntries) inputs.push(reader.text());
      else if (reader.number === 2 && outputs.length < mostEntries) outputs.push(reader.text());
      else if (reader.number === 4) operator = reader.text();
      else if (reader.number === 5) this.#readAttribute(reader.message(), operator, outputs[0] ?? '');
    }
    for (const output of outputs) this.#nodeByOutput.set(output, { operator, inputs });
  }

  /** A `Constant` node keeps its tensor in an attribute: weights and scales may be there as well. */
  #readAttribute(reader: ProtobufReader, operator: string, output: string): void {
    let name = '';
    const longs: number[] = [];
    while (reader.next()) {
      if (reader.number === 1) name = reader.text();
      else if (reader.number === 5) this.#readTensor(reader.message(), output);
      else if (reader.number === 3 || reader.number === 8) addLongs(reader, longs, mostEntries);
    }
    refuseReach(operator, name, longs);
    if (operator === 'Constant' && longs.length > 0 && longs.length <= mostDimensions)
      this.#values.set(output, longs);
  }

  #readTensor(reader: ProtobufReader, nameOfConstant = ''): void {
    let name = nameOfConstant;
    let type = 0;
    let raw: Uint8Array | undefined;
    let rawBytes: number | undefined;
    let typedBytes = 0;
    const dims: number[] = [];
    while (reader.next()) {
      if (reader.number === 1) addLongs(reader, dims, mostDimensions);
      else if (reader.number === 2) type = reader.value;
      else if (reader.number === 8 && nameOfConstant === '') name = reader.text();
      else if (reader.number === 13) rawBytes = this.#readExternal(reader.message(), rawBytes);
      else if (reader.number === 9) rawBytes = reader.length;
      else if (typedFields.has(reader.number)) typedBytes += Math.max(reader.length, 8);
      const holdsFloats = reader.number === 9 || reader.number === 4;
      if (holdsFloats && reader.length > 0 && reader.length <= smallBytes) raw = reader.bytes();
    }
    refuseOverclaim({ name, dims, type, rawBytes, typedBytes });
    if (name === '') return;
    this.#dims.set(name, dims);
    if (raw !== undefined) this.#values.set(name, smallValues(type, raw));
  }

  /** One entry of where a tensor's bytes lie in a second file. @returns Their number, where it is known by now */
  #readExternal(reader: ProtobufReader, known: number | undefined): number | undefined {
    const [key, value] = readEntry(reader);
    if (key === 'length') return Number(value);
    if (key !== 'location') return known;
    if (value !== '' && this.externalFiles.size < mostEntries) this.externalFiles.add(value);
    // Without a length the file's end is the end, which the runtime compares by itself.
    return known ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The step in which a value is quantised, 0 for none: found by going back through operators that change no value to a
   * DequantizeLinear. Of joined values the finest counts: parts quantised on their own are fine each in its range.
   */
  #stepOf(name: string, seen: Set<string>): number {
    const node = this.#nodeByOutput.get(name);
    if (node === undefined || seen.has(name) || seen.size >= deepestChain) return 0;
    seen.add(name);
    const [first = '', scale = ''] = node.inputs;
    if (node.operator === 'DequantizeLinear') return this.#values.get(scale)?.[0] ?? 0;
    if (node.operator === 'Concat') {
      const steps = node.inputs.map((input) => this.#stepOf(input, seen));
      return steps.length === 0 ? 0 : Math.min(...steps);
    }
    return passThrough.has(node.operator) ? this.#stepOf(first, seen) : 0;
  }
}

/** Key and value of a StringStringEntryProto; the name of any message whose first field is one. */
export function readEntry(reader: ProtobufReader): [string, string] {
  let key = '';
  let value = '';
  while (reader.next()) {
    if (reader.number === 1) key = reader.text();
    else if (reader.number === 2 && value === '') value = reader.text();
  }
  return [key, value];
}

/** Height times width of a graph input of four fixed dimensions, else 0 (ValueInfo, type, tensor, shape, dimensions). */
function picturePixels(reader: ProtobufReader, path: readonly number[] = [2, 1, 2]): number {
  const [field, ...deeper] = path;
  if (field === undefined) return pixelsOfShape(reader);
  let pixels = 0;
  while (reader.next()) {
    if (reader.number === field) pixels = Math.max(pixels, picturePixels(reader.message(), deeper));
  }
  return pixels;
}

function pixelsOfShape(shape: ProtobufReader): number {
  const sizes: number[] = [];
  while (shape.next()) {
    if (shape.number !== 1 || sizes.length > 4) continue;
    const dimension = shape.message();
    let size = 0;
    while (dimension.next()) if (dimension.number === 1) size = dimension.value;
    sizes.push(size);
  }
  return sizes.length === 4 ? sizes[2]! * sizes[3]! : 0;
}
