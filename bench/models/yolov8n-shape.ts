/**
 * A network of YOLOv8n-seg's shape and cost with an answer that anyone can compute. The architecture is the published
 * one, the weights are untrained; what they give is weighed next to nothing, and a known answer is added: eight boxes
 * of score 0.9, whose masks are what is brighter than half grey. So peers can be held to the same coverage, and nobody's
 * weights are needed.
 */
import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Bytes,
  concat,
  integer,
  integerAttribute,
  integersAttribute,
  message,
  text,
  valueInfo,
} from '../../test/support/known-answer-protobuf.ts';
import { type Layer, NetworkWriter } from './network-writer.ts';

const maskChannels = 32;
const boxBins = 16;
/** Large enough not to be folded away, small enough to change no answer. */
const nextToNothing = 1e-12;

/** The model's file, made at the first call. */
export function yolov8nShapeFile(input: number): string {
  const folder = fileURLToPath(new URL('../.cache/models/', import.meta.url));
  const file = `${folder}yolov8n-seg-shape-${input}.onnx`;
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.part`, yolov8nShape(input));
    renameSync(`${file}.part`, file);
  }
  return file;
}

export function yolov8nShape(input: number): Bytes {
  const net = new NetworkWriter();
  const levels = pyramid(net, { name: 'images', channels: 3 });
  const anchors = [8, 16, 32].reduce((sum, stride) => sum + (input / stride) ** 2, 0);
  const rows = 4 + 1 + maskChannels;
  addAnswer(net, heads(net, levels, anchors), knownHead(net, input, anchors), 'output0');
  addAnswer(net, prototypes(net, levels[0]), brightness(net), 'output1');
  const cells = input / 4;
  const metadata = { task: 'segment', stride: '32', imgsz: `[${input}, ${input}]`, names: "{0: 'coal'}" };
  return concat([
    integer(1, 8),
    text(2, 'plateau bench'),
    message(
      7,
      ...net.nodes,
      text(2, 'yolov8n_seg_shape'),
      ...net.initialisers,
      valueInfo(11, 'images', 'float', [1, 3, input, input]),
      valueInfo(12, 'output0', 'float', [1, rows, anchors]),
      valueInfo(12, 'output1', 'float', [1, maskChannels, cells, cells]),
    ),
    message(8, integer(2, 17)),
    ...Object.entries(metadata).map(([key, value]) => message(14, text(1, key), text(2, value))),
  ]);
}

/** Two convolutions' detour, `depth` times, all of it joined. */
function crossStage(
  net: NetworkWriter,
  from: Layer,
  channels: number,
  depth: number,
  shortcut: boolean,
): Layer {
  const half = channels / 2;
  const both = net.block(from, channels);
  const sizes = net.longs([half, half]);
  const [a, b] = net.apply('Split', [both.name, sizes], [integerAttribute('axis', 1)], 2);
  const parts: Layer[] = [a, b].map((name) => ({ name, channels: half }));
  for (let i = 0; i < depth; i += 1) {
    const before = parts[parts.length - 1];
    const after = net.block(net.block(before, half, 3), half, 3);
    parts.push(shortcut ? net.add(before, after) : after);
  }
  return net.block(net.join(parts), channels);
}

function pooled(net: NetworkWriter, from: Layer, channels: number): Layer {
  const parts = [net.block(from, from.channels / 2)];
  for (let i = 0; i < 3; i += 1) {
    const before = parts[parts.length - 1];
    const [name] = net.apply(
      'MaxPool',
      [before.name],
      [
        integersAttribute('kernel_shape', [5, 5]),
        integersAttribute('strides', [1, 1]),
        integersAttribute('pads', [2, 2, 2, 2]),
      ],
    );
    parts.push({ name, channels: before.channels });
  }
  return net.block(net.join(parts), channels);
}

function doubled(net: NetworkWriter, from: Layer): Layer {
  const scales = net.floats([4], [1, 1, 2, 2]);
  const [name] = net.apply('Resize', [from.name, '', scales]);
  return { name, channels: from.channels };
}

/** Backbone and neck: features at strides 8, 16 and 32. */
function pyramid(net: NetworkWriter, images: Layer): [Layer, Layer, Layer] {
  let x = net.block(net.block(images, 16, 3, 2), 32, 3, 2);
  x = crossStage(net, x, 32, 1, true);
  const p3 = crossStage(net, net.block(x, 64, 3, 2), 64, 2, true);
  const p4 = crossStage(net, net.block(p3, 128, 3, 2), 128, 2, true);
  x = crossStage(net, net.block(p4, 256, 3, 2), 256, 1, true);
  const p5 = pooled(net, x, 256);
  const n4 = crossStage(net, net.join([doubled(net, p5), p4]), 128, 1, false);
  const out3 = crossStage(net, net.join([doubled(net, n4), p3]), 64, 1, false);
  const out4 = crossStage(net, net.join([net.block(out3, 64, 3, 2), n4]), 128, 1, false);
  const out5 = crossStage(net, net.join([net.block(out4, 128, 3, 2), p5]), 256, 1, false);
  return [out3, out4, out5];
}

function branch(net: NetworkWriter, from: Layer, width: number, channels: number): Layer {
  const last = net.convolution(net.block(net.block(from, width, 3), width, 3), channels);
  const shape = net.longs([1, channels, -1]);
  return { name: net.apply('Reshape', [last.name, shape])[0], channels };
}

/** Boxes by distribution over bins, scores and mask coefficients: `[1, 4 + 1 + 32, anchors]`. */
function heads(net: NetworkWriter, levels: readonly Layer[], anchors: number): string {
  const all = (width: number, channels: number): Layer =>
    net.join(
      levels.map((level) => branch(net, level, width, channels)),
      2,
    );
  const bins = net.apply('Reshape', [all(64, 4 * boxBins).name, net.longs([1, 4, boxBins, anchors])])[0];
  const [turned] = net.apply('Transpose', [bins], [integersAttribute('perm', [0, 2, 1, 3])]);
  const [shares] = net.apply('Softmax', [turned], [integerAttribute('axis', 1)]);
  const boxes = net.convolution({ name: shares, channels: boxBins }, 1);
  const [sides] = net.apply('Reshape', [boxes.name, net.longs([1, 4, anchors])]);
  const [scores] = net.apply('Sigmoid', [all(64, 1).name]);
  const coefficients = all(maskChannels, maskChannels);
  const parts = [sides, scores, coefficients.name].map((name) => ({ name, channels: 0 }));
  return net.join(parts).name;
}

function prototypes(net: NetworkWriter, from: Layer): string {
  const large = net.block(net.enlarge(net.block(from, 64, 3)), 64, 3);
  return net.block(large, maskChannels, 1).name;
}

/** Eight boxes in two rows of four that do not touch, each with 100 in the first mask coefficient. */
function knownHead(net: NetworkWriter, input: number, anchors: number): string {
  const rows = 4 + 1 + maskChannels;
  const values = new Float32Array(rows * anchors);
  for (let box = 0; box < 8; box += 1) {
    const centre = [((box % 4) + 0.5) / 4, Math.floor(box / 4) * 0.36 + 0.32];
    const column = [centre[0] * input, centre[1] * input, 0.22 * input, 0.32 * input, 0.9, 100];
    const anchor = Math.floor(((box + 0.5) / 8) * anchors);
    for (const [row, value] of column.entries()) values[row * anchors + anchor] = value;
  }
  return net.floats([1, rows, anchors], values);
}

/** The mean over channels, averaged over 4x4 pixels, less a half, in the first of the channels. */
function brightness(net: NetworkWriter): string {
  const [mean] = net.apply('ReduceMean', ['images'], [integersAttribute('axes', [1])]);
  const window = [integersAttribute('kernel_shape', [4, 4]), integersAttribute('strides', [4, 4])];
  const [cells] = net.apply('AveragePool', [mean], window);
  const [brighter] = net.apply('Sub', [cells, net.floats([], [0.5])]);
  return net.apply('Pad', [brighter, net.longs([0, 0, 0, 0, 0, maskChannels - 1, 0, 0])])[0];
}

function addAnswer(net: NetworkWriter, computed: string, answer: string, output: string): void {
  const [faint] = net.apply('Mul', [computed, net.floats([], [nextToNothing])]);
  net.output(net.apply('Add', [faint, answer])[0], output);
}
