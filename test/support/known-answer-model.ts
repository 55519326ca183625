/**
 * YOLO-seg models of a few kilobytes whose answer anyone can compute: "coal" is what is brighter than half
 * grey. The prototypes are the mean over channels, averaged over 4x4 pixels, minus 0.5; the head is a constant
 * with chosen boxes, classes and scores and 100 in the first mask coefficient. Letterbox grey (114) is not coal.
 */
import {
  type Bytes,
  bytes,
  concat,
  type Dimension,
  floats,
  integer,
  integerAttribute,
  integersAttribute,
  longs,
  message,
  node,
  type TensorOptions,
  tensor,
  text,
  valueInfo,
} from './known-answer-protobuf.ts';

/** `plain`: YOLOv8, 11, 12, 26. `objectness`: v5. `rows`: end to end, or NMS inside (`metadata` tells which). */
export type KnownAnswerLayout = 'plain' | 'transposed' | 'objectness' | 'rows';

export interface KnownAnswerDetection {
  /** x1, y1, x2, y2 in fractions of the model's input. */
  readonly box: readonly [number, number, number, number];
  readonly score: number;
  readonly classId: number;
}

export interface KnownAnswerOptions {
  readonly height?: number;
  readonly width?: number;
  readonly detections?: readonly KnownAnswerDetection[];
  readonly classes?: number;
  /** Mask coefficients; 0 makes a detection model without prototypes. */
  readonly maskChannels?: number;
  readonly layout?: KnownAnswerLayout;
  /** Anchors or rows; default: as many as the exporters write at this size. */
  readonly anchors?: number;
  readonly outputNames?: readonly [head: string, prototypes: string];
  readonly swapOutputs?: boolean;
  readonly dynamic?: boolean;
  readonly batch?: number;
  readonly half?: boolean;
  readonly opset?: number;
  readonly irVersion?: number;
  /** Pixels a prototype cell spans. */
  readonly stride?: number;
  /** `false`: none at all. Given keys replace the default ones; a key set to `undefined` is left out. */
  readonly metadata?: false | Readonly<Record<string, string | undefined>>;
  /** int8 quantise-dequantise pairs at both outputs; the number is the head's step. */
  readonly quantisedStep?: number;
  /** Puts the head's values into a second file of this name. */
  readonly externalData?: string;
  /** Fixed values instead of the computed ones, for comparisons on random tensors. */
  readonly head?: { readonly dims: readonly number[]; readonly values: Float32Array };
  readonly prototypes?: Float32Array;
}

export interface KnownAnswerFile {
  readonly model: Bytes;
  /** The second file's bytes, when `externalData` asked for one. */
  readonly data?: Bytes;
}

const wholePicture: KnownAnswerDetection = { box: [0, 0, 1, 1], score: 0.9, classId: 0 };

/** Anchors that a head of this kind has: one cell a stride, three a cell for v5, 300 rows end to end. */
export function usualAnchors(layout: KnownAnswerLayout, height: number, width: number): number {
  if (layout === 'rows') return 300;
  const cells = [8, 16, 32].reduce(
    (sum, stride) => sum + Math.ceil(height / stride) * Math.ceil(width / stride),
    0,
  );
  return layout === 'objectness' ? 3 * cells : cells;
}

/** One anchor's values in the layout's own order. Boxes are in pixels of an input of `width` x `height`. */
function anchorValues(
  detection: KnownAnswerDetection,
  options: ResolvedOptions,
  width: number,
  height: number,
): number[] {
  const [x1, y1, x2, y2] = detection.box;
  const coefficients = Array.from({ length: options.maskChannels }, (_, channel) =>
    channel === 0 ? 100 : 0,
  );
  if (options.layout === 'rows') {
    return [
      x1 * width,
      y1 * height,
      x2 * width,
      y2 * height,
      detection.score,
      detection.classId,
      ...coefficients,
    ];
  }
  const box = [((x1 + x2) / 2) * width, ((y1 + y2) / 2) * height, (x2 - x1) * width, (y2 - y1) * height];
  const oneHot = (score: number): number[] =>
    Array.from({ length: options.classes }, (_, id) => (id === detection.classId ? score : 0));
  if (options.layout === 'objectness') return [...box, detection.score, ...oneHot(1), ...coefficients];
  return [...box, ...oneHot(detection.score), ...coefficients];
}

type ResolvedOptions = Required<
  Pick<
    KnownAnswerOptions,
    'height' | 'width' | 'detections' | 'classes' | 'maskChannels' | 'layout' | 'batch' | 'stride' | 'opset'
  >
> &
  KnownAnswerOptions & { readonly anchors: number };

function resolve(options: KnownAnswerOptions): ResolvedOptions {
  const layout = options.layout ?? 'plain';
  const height = options.height ?? 320;
  const width = options.width ?? 320;
  return {
    detections: [wholePicture],
    classes: 1,
    maskChannels: 32,
    batch: 1,
    stride: 4,
    opset: 17,
    ...options,
    layout,
    height,
    width,
    anchors: options.anchors ?? usualAnchors(layout, height, width),
  };
}

/** Writes what `metadata_props` of a genuine export holds, as Python `repr`. */
function metadataOf(options: ResolvedOptions): [string, string][] {
  if (options.metadata === false) return [];
  const names = Array.from(
    { length: options.classes },
    (_, id) => `${id}: '${id === 0 ? 'coal' : `class${id}`}'`,
  );
  const defaults: Record<string, string | undefined> = {
    stride: '32',
    task: options.maskChannels === 0 ? 'detect' : 'segment',
    imgsz: `[${options.height}, ${options.width}]`,
    names: `{${names.join(', ')}}`,
    ...(options.layout === 'rows' ? { end2end: 'True' } : {}),
  };
  return Object.entries({ ...defaults, ...options.metadata }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
}

/** Collects nodes and initialisers in order; each step returns the name of its result. */
class GraphBuilder {
  readonly nodes: Bytes[] = [];
  readonly initialisers: Bytes[] = [];
  readonly #external: string | undefined;
  readonly externalParts: Bytes[] = [];

  constructor(external: string | undefined) {
    this.#external = external;
  }

  constant(options: TensorOptions, mayBeExternal = false): string {
    if (mayBeExternal && this.#external !== undefined) {
      const offset = this.externalParts.reduce((sum, part) => sum + part.byteLength, 0);
      this.externalParts.push(options.raw);
      this.initialisers.push(
        bytes(5, tensor({ ...options, external: { location: this.#external, offset } })),
      );
    } else {
      this.initialisers.push(bytes(5, tensor(options)));
    }
    return options.name;
  }

  floats(
    name: string,
    dims: readonly number[],
    values: Float32Array | readonly number[],
    external = false,
  ): string {
    return this.constant({ name, type: 'float', dims, raw: floats(values) }, external);
  }

  longs(name: string, values: readonly number[]): string {
    return this.constant({ name, type: 'int64', dims: [values.length], raw: longs(values) });
  }

  apply(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: readonly Bytes[] = [],
  ): string {
    this.nodes.push(node(operator, inputs, [output], attributes));
    return output;
  }

  quantised(input: string, output: string, step: number): string {
    const scale = this.floats(`${output}_scale`, [], [step]);
    const zero = this.constant({ name: `${output}_zero`, type: 'int8', dims: [], raw: Uint8Array.of(0) });
    this.apply('QuantizeLinear', [input, scale, zero], `${output}_int8`);
    return this.apply('DequantizeLinear', [`${output}_int8`, scale, zero], output);
  }
}

function addHead(graph: GraphBuilder, options: ResolvedOptions, output: string): Dimension[] {
  const { detections, batch, layout } = options;
  const channelsFirst = layout === 'plain';
  if (options.head !== undefined) {
    graph.apply('Identity', [graph.floats('head', options.head.dims, options.head.values, true)], output);
    return [...options.head.dims];
  }
  const dynamic = options.dynamic === true;
  // A dynamic model's boxes follow the size of its input: fractions here, multiplied in the graph.
  const values = detections.map((detection) =>
    anchorValues(detection, options, dynamic ? 1 : options.width, dynamic ? 1 : options.height),
  );
  const channels = anchorValues(wholePicture, options, 1, 1).length;
  const stored = options.externalData === undefined ? detections.length : options.anchors;
  const dims = channelsFirst ? [batch, channels, stored] : [batch, stored, channels];
  const flat = new Float32Array(batch * channels * stored);
  for (let picture = 0; picture < batch; picture++) {
    for (let anchor = 0; anchor < detections.length; anchor++) {
      for (let channel = 0; channel < channels; channel++) {
        const place = channelsFirst ? channel * stored + anchor : anchor * channels + channel;
        flat[picture * channels * stored + place] = values[anchor]![channel]!;
      }
    }
  }
  let result = graph.floats('head', dims, flat, true);
  if (dynamic) {
    graph.apply('Shape', ['images'], 'input_shape');
    graph.apply('Gather', ['input_shape', graph.longs('width_height_twice', [3, 2, 3, 2])], 'input_size');
    graph.apply('Cast', ['input_size'], 'box_gain', [integerAttribute('to', 1)]);
    const rest = graph.floats('unit_gain', [channels - 4], new Float32Array(channels - 4).fill(1));
    graph.apply('Concat', ['box_gain', rest], 'gain', [integerAttribute('axis', 0)]);
    const shape = graph.longs('gain_shape', channelsFirst ? [1, channels, 1] : [1, 1, channels]);
    graph.apply('Reshape', ['gain', shape], 'gain_3d');
    result = graph.apply('Mul', [result, 'gain_3d'], 'head_pixels');
  }
  const missing = options.anchors - stored;
  const pads = graph.longs('head_pads', channelsFirst ? [0, 0, 0, 0, 0, missing] : [0, 0, 0, 0, missing, 0]);
  if (options.quantisedStep === undefined) {
    graph.apply('Pad', [result, pads], output);
  } else {
    graph.quantised(graph.apply('Pad', [result, pads], 'head_padded'), output, options.quantisedStep);
  }
  if (dynamic) return channelsFirst ? ['batch', channels, 'anchors'] : ['batch', 'anchors', channels];
  return channelsFirst ? [batch, channels, options.anchors] : [batch, options.anchors, channels];
}

function addPrototypes(
  graph: GraphBuilder,
  options: ResolvedOptions,
  input: string,
  output: string,
): Dimension[] {
  const { batch, maskChannels, stride, opset } = options;
  const rows = Math.floor(options.height / stride);
  const columns = Math.floor(options.width / stride);
  if (options.prototypes !== undefined) {
    const dims = [batch, maskChannels, rows, columns];
    graph.apply('Identity', [graph.floats('prototypes', dims, options.prototypes)], output);
    return dims;
  }
  if (opset >= 18) graph.apply('ReduceMean', [input, graph.longs('mean_axes', [1])], 'mean');
  else graph.apply('ReduceMean', [input], 'mean', [integersAttribute('axes', [1])]);
  const window = [
    integersAttribute('kernel_shape', [stride, stride]),
    integersAttribute('strides', [stride, stride]),
  ];
  graph.apply('AveragePool', ['mean'], 'pooled', window);
  graph.apply('Sub', ['pooled', graph.floats('half_grey', [], [0.5])], 'brighter');
  const pads = graph.longs('prototype_pads', [0, 0, 0, 0, 0, maskChannels - 1, 0, 0]);
  if (options.quantisedStep === undefined) {
    graph.apply('Pad', ['brighter', pads], output);
  } else {
    graph.quantised(graph.apply('Pad', ['brighter', pads], 'prototypes_padded'), output, 0.5 / 127);
  }
  return options.dynamic === true
    ? ['batch', maskChannels, 'mask_height', 'mask_width']
    : [batch, maskChannels, rows, columns];
}

/** Makes the model file's bytes (and its data file's, if asked for). */
export function knownAnswerModel(given: KnownAnswerOptions = {}): KnownAnswerFile {
  const options = resolve(given);
  const [headName, prototypesName] = options.outputNames ?? ['output0', 'output1'];
  const graph = new GraphBuilder(options.externalData);
  const inputShape: Dimension[] =
    options.dynamic === true
      ? ['batch', 3, 'height', 'width']
      : [options.batch, 3, options.height, options.width];
  const input =
    options.half === true
      ? graph.apply('Cast', ['images'], 'images_float', [integerAttribute('to', 1)])
      : 'images';

  const outputs = [valueInfo(12, headName, 'float', addHead(graph, options, headName))];
  if (options.maskChannels > 0) {
    outputs.push(
      valueInfo(12, prototypesName, 'float', addPrototypes(graph, options, input, prototypesName)),
    );
  }
  if (options.swapOutputs === true) outputs.reverse();

  const model = concat([
    integer(1, options.irVersion ?? 8),
    text(2, 'plateau known answer'),
    message(
      7,
      ...graph.nodes,
      text(2, 'known_answer'),
      ...graph.initialisers,
      valueInfo(11, 'images', options.half === true ? 'float16' : 'float', inputShape),
      ...outputs,
    ),
    message(8, integer(2, options.opset)),
    ...metadataOf(options).map(([key, value]) => message(14, text(1, key), text(2, value))),
  ]);
  return graph.externalParts.length > 0 ? { model, data: concat(graph.externalParts) } : { model };
}
