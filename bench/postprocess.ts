/**
 * Post-processing of one picture at input 640: scan of 8,400 anchors, suppression, 20 masks, coverage of a zone.
 * `node --expose-gc --conditions=source bench/postprocess.ts`. Goal: p50 <= 0.5 ms for one class.
 */
import { performance } from 'node:perf_hooks';
import { letterbox } from '../src/vision/letterbox.ts';
import { DetectionDecoder } from '../src/vision/yolo/detection-decoder.ts';
import { Detections } from '../src/vision/yolo/detections.ts';
import { PlainHead } from '../src/vision/yolo/plain-head.ts';
import { UnionMask } from '../src/vision/yolo/union-mask.ts';
import { YoloOutput } from '../src/vision/yolo/yolo-output.ts';
import { PolygonZone } from '../src/vision/zones/polygon-zone.ts';
import { ZoneCoverage } from '../src/vision/zones/zone-coverage.ts';

const size = 640;
const anchors = 8400;
const maskChannels = 32;
const instances = 20;
const pictures = 2000;

/** A small generator with a seed, so that each run measures the same picture. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lumps of `boxSize` pixels spread over the picture, each seen by nine anchors, as real heads do it. */
function makeHead(classes: number, boxSize: number, random: () => number): Float32Array {
  const head = new Float32Array((4 + classes + maskChannels) * anchors);
  const set = (channel: number, anchor: number, value: number): void => {
    head[channel * anchors + anchor] = value;
  };
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let classId = 0; classId < classes; classId++) set(4 + classId, anchor, random() * 0.05);
    for (let channel = 0; channel < maskChannels; channel++)
      set(4 + classes + channel, anchor, random() * 2 - 1);
  }
  for (let instance = 0; instance < instances; instance++) {
    const x = ((instance % 5) + 0.5) * (size / 5);
    const y = (Math.floor(instance / 5) + 0.5) * (size / 4);
    for (let copy = 0; copy < 9; copy++) {
      const anchor = instance * 400 + copy * 7;
      set(0, anchor, x + copy / 2);
      set(1, anchor, y + copy / 2);
      set(2, anchor, boxSize);
      set(3, anchor, boxSize);
      set(4, anchor, 0.6 + 0.3 * random());
      // Positive inside, negative outside, through the first channel; the others are the noise that a network has.
      set(4 + classes, anchor, 8);
    }
  }
  return head;
}

/** A round blob under each lump in the first channel, noise in the others. */
function makePrototypes(boxSize: number, random: () => number): Float32Array {
  const cells = size / 4;
  const prototypes = new Float32Array(maskChannels * cells * cells);
  for (let index = 0; index < prototypes.length; index++) prototypes[index] = (random() - 0.5) * 0.2;
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const x = ((4 * column + 2) % (size / 5)) - size / 10;
      const y = ((4 * row + 2) % (size / 4)) - size / 8;
      prototypes[row * cells + column] = 1 - Math.hypot(x, y) / (0.45 * boxSize);
    }
  }
  return prototypes;
}

function measure(
  title: string,
  classes: number,
  boxSize: number,
  classIds: readonly number[] | undefined,
): void {
  const random = generator(1);
  const head = makeHead(classes, boxSize, random);
  const prototypes = makePrototypes(boxSize, random);
  const decoder = new DetectionDecoder(new PlainHead(classes, maskChannels));
  const detections = new Detections(300, maskChannels);
  const union = new UnionMask(size, size);
  const zone = new PolygonZone({
    name: 'chute',
    space: 'pixels',
    points: [
      [20, 20],
      [620, 20],
      [560, 620],
      [80, 620],
    ],
  });
  const coverage = new ZoneCoverage({ zones: [zone], letterbox: letterbox(size, size, size, size) });
  const out = new Float64Array(1);
  const settings = { confidence: 0.5, iou: 0.7, classIds };
  const tensor = { dims: [1, maskChannels, size / 4, size / 4], data: prototypes, dispose: () => undefined };
  const output = new YoloOutput(
    {
      inputHeight: size,
      inputWidth: size,
      anchors,
      head: { dims: [1, head.length / anchors, anchors], data: head, dispose: () => undefined },
      prototypes: tensor,
    },
    () => undefined,
  );

  const decode = (): void => decoder.decode(output.head, anchors, settings, detections);
  const cover = (): void => {
    union.clear();
    for (let index = 0; index < detections.count; index++)
      union.add(detections, index, output, coverage.region);
    coverage.measure(union, out);
  };
  for (let picture = 0; picture < 500; picture++) {
    decode();
    cover();
  }
  // Heap first and without a clock in between: reading it makes numbers on the heap as well.
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let picture = 0; picture < pictures; picture++) {
    decode();
    cover();
  }
  const bytes = (process.memoryUsage().heapUsed - before) / pictures;

  const scan = new Float64Array(pictures);
  const whole = new Float64Array(pictures);
  for (let picture = 0; picture < pictures; picture++) {
    const started = performance.now();
    decode();
    scan[picture] = performance.now() - started;
    cover();
    whole[picture] = performance.now() - started;
  }
  const at = (values: Float64Array, share: number): string =>
    values.toSorted()[Math.floor(share * pictures)]!.toFixed(3);
  console.log(
    `${title}: ${detections.count} instances, coverage ${out[0]!.toFixed(3)}; ` +
      `p50 ${at(whole, 0.5)} ms, best tenth ${at(whole, 0.1)} ms, p99 ${at(whole, 0.99)} ms ` +
      `(scan and suppression p50 ${at(scan, 0.5)} ms), ${bytes.toFixed(0)} B of heap a picture`,
  );
}

measure('1 class, lumps of 80 px', 1, 80, undefined);
measure('1 class, lumps of 120 px', 1, 120, undefined);
measure('80 classes, one asked for', 80, 80, [0]);
measure('80 classes, all', 80, 80, undefined);
