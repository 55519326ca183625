import { type ByteSource, FileBytes } from './byte-source.ts';
import { GraphParts, mostEntries, readEntry } from './onnx-graph.ts';
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
  /** Height times width of the pictures that it takes; 0 where one of them is left open. */
  readonly inputPixels: number;
  /** Steps of quantised outputs by output name, where a DequantizeLinear makes the output. */
  readonly outputSteps: ReadonlyMap<string, number>;
  /** Bytes of the file itself. */
  readonly byteLength: number;
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
  const graph = new GraphParts();
  let hasGraph = false;

  const model = new ProtobufReader(source);
  while (model.next()) {
    if (model.number === 1) irVersion = model.value;
    else if (model.number === 2) producer = model.text();
    else if (model.number === 7) {
      hasGraph = true;
      graph.read(model.message());
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
    inputPixels: graph.inputPixels,
    outputSteps: graph.outputSteps(),
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
