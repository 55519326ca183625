import { type ByteSource, FileBytes } from './byte-source.ts';
import { MalformedProtobufError, ProtobufReader } from './protobuf-reader.ts';

/** What an ONNX file says about itself, as far as ONNX Runtime does not hand it on. */
export interface OnnxFacts {
  readonly irVersion: number;
  /** Version of the standard operator set; 0 when the file names none. */
  readonly opset: number;
  readonly producer: string;
  /** `metadata_props`, as written. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Files that hold weights, relative to the model's folder, each once. */
  readonly externalFiles: readonly string[];
  /** True where a picture's height or width is left open. */
  readonly openSize: boolean;
  /** Steps of quantised outputs by output name, where a DequantizeLinear makes the output. */
  readonly outputSteps: ReadonlyMap<string, number>;
  /** Bytes of the file itself. */
  readonly byteLength: number;
}

/** More entries than this are not read: a file with a million metadata keys is an attack, not a model. */
const mostEntries = 10_000;
/** Operators followed back from an output at most. */
const deepestChain = 64;
/** Operators through which a dequantised value passes unchanged on its way to the output. */
const passThrough = new Set(['Identity', 'Reshape', 'Transpose', 'Slice', 'Squeeze', 'Unsqueeze', 'Flatten']);

interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly string[];
}

interface GraphParts {
  readonly nodeByOutput: Map<string, GraphNode>;
  readonly scalars: Map<string, number>;
  readonly outputs: string[];
  readonly externalFiles: Set<string>;
  openSize: boolean;
}

/** Reads the file's own description; the weights stay on disk. @throws MalformedProtobufError, or the file system's error */
export function readOnnxFacts(path: string): OnnxFacts {
  using file = FileBytes.open(path);
  return parseOnnxFacts(file);
}

/** As `readOnnxFacts`, from any source of bytes. Source of the field numbers: onnx.proto3 of the ONNX project. */
export function parseOnnxFacts(source: ByteSource): OnnxFacts {
  let irVersion = 0;
  let opset = 0;
  let producer = '';
  const metadata = new Map<string, string>();
  const graph: GraphParts = {
    nodeByOutput: new Map(),
    scalars: new Map(),
    outputs: [],
    externalFiles: new Set(),
    openSize: false,
  };
  let hasGraph = false;

  const model = new ProtobufReader(source);
  while (model.next()) {
    if (model.number === 1) irVersion = model.value;
    else if (model.number === 2) producer = model.text();
    else if (model.number === 7) {
      hasGraph = true;
      readGraph(model.message(), graph);
    } else if (model.number === 8) opset = Math.max(opset, standardOpset(model.message()));
    else if (model.number === 14 && metadata.size < mostEntries) {
      const [key, value] = readEntry(model.message());
      if (key !== '') metadata.set(key, value);
    }
  }
  if (!hasGraph || irVersion === 0) throw new MalformedProtobufError('no graph or no IR version in it');
  return {
    irVersion,
    opset,
    producer,
    metadata,
    externalFiles: [...graph.externalFiles],
    openSize: graph.openSize,
    outputSteps: outputSteps(graph),
    byteLength: source.byteLength,
  };
}

function standardOpset(reader: ProtobufReader): number {
  let domain = '';
  let version = 0;
  while (reader.next()) {
    if (reader.number === 1) domain = reader.text();
    else if (reader.number === 2) version = reader.value;
  }
  return domain === '' || domain === 'ai.onnx' ? version : 0;
}

function readEntry(reader: ProtobufReader): [string, string] {
  let key = '';
  let value = '';
  while (reader.next()) {
    if (reader.number === 1) key = reader.text();
    else if (reader.number === 2) value = reader.text();
  }
  return [key, value];
}

function readGraph(reader: ProtobufReader, parts: GraphParts): void {
  while (reader.next()) {
    if (reader.number === 1) readNode(reader.message(), parts);
    else if (reader.number === 5) readTensor(reader.message(), parts);
    else if (reader.number === 11) parts.openSize ||= hasOpenSize(reader.message());
    else if (reader.number === 12 && parts.outputs.length < mostEntries)
      parts.outputs.push(readEntry(reader.message())[0]);
  }
}

/** Whether a graph input of four dimensions leaves its third or fourth open (ValueInfo, type, tensor, shape, dimensions). */
function hasOpenSize(reader: ProtobufReader, path: readonly number[] = [2, 1, 2]): boolean {
  const [field, ...deeper] = path;
  if (field === undefined) return isOpenPicture(reader);
  let open = false;
  while (reader.next()) {
    if (reader.number === field) open ||= hasOpenSize(reader.message(), deeper);
  }
  return open;
}

function isOpenPicture(shape: ProtobufReader): boolean {
  const open: boolean[] = [];
  while (shape.next()) {
    if (shape.number !== 1 || open.length > 4) continue;
    const dimension = shape.message();
    let size = 0;
    while (dimension.next()) if (dimension.number === 1) size = dimension.value;
    open.push(size === 0);
  }
  return open.length === 4 && (open[2]! || open[3]!);
}

function readNode(reader: ProtobufReader, parts: GraphParts): void {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let operator = '';
  while (reader.next()) {
    if (reader.number === 1 && inputs.length < mostEntries) inputs.push(reader.text());
    else if (reader.number === 2 && outputs.length < mostEntries) outputs.push(reader.text());
    else if (reader.number === 4) operator = reader.text();
    else if (reader.number === 5) readAttribute(reader.message(), parts, outputs[0] ?? '');
  }
  for (const output of outputs) parts.nodeByOutput.set(output, { operator, inputs });
}

/** A `Constant` node keeps its tensor in an attribute: weights and scales may be there as well. */
function readAttribute(reader: ProtobufReader, parts: GraphParts, output: string): void {
  while (reader.next()) {
    if (reader.number === 5) readTensor(reader.message(), parts, output);
  }
}

function readTensor(reader: ProtobufReader, parts: GraphParts, nameOfConstant = ''): void {
  let name = nameOfConstant;
  let type = 0;
  let raw: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.number === 2) type = reader.value;
    else if (reader.number === 8 && nameOfConstant === '') name = reader.text();
    else if ((reader.number === 9 || reader.number === 4) && reader.length === 4) raw = reader.bytes();
    else if (reader.number === 13 && parts.externalFiles.size < mostEntries) {
      const [key, value] = readEntry(reader.message());
      if (key === 'location' && value !== '') parts.externalFiles.add(value);
    }
  }
  if (type === 1 && raw !== undefined && name !== '') {
    parts.scalars.set(name, new DataView(raw.buffer, raw.byteOffset, 4).getFloat32(0, true));
  }
}

function outputSteps(parts: GraphParts): Map<string, number> {
  const steps = new Map<string, number>();
  for (const output of parts.outputs) {
    const step = stepOf(output, parts, new Set());
    if (step > 0) steps.set(output, step);
  }
  return steps;
}

/**
 * The step in which a value is quantised, 0 for none: found by going back through operators that change no value
 * to a DequantizeLinear. Of joined values the finest counts: parts quantised on their own are fine each in its range.
 */
function stepOf(name: string, parts: GraphParts, seen: Set<string>): number {
  const node = parts.nodeByOutput.get(name);
  if (node === undefined || seen.has(name) || seen.size >= deepestChain) return 0;
  seen.add(name);
  if (node.operator === 'DequantizeLinear') return parts.scalars.get(node.inputs[1] ?? '') ?? 0;
  if (node.operator === 'Concat') return Math.min(...node.inputs.map((input) => stepOf(input, parts, seen)));
  return passThrough.has(node.operator) ? stepOf(node.inputs[0] ?? '', parts, seen) : 0;
}
