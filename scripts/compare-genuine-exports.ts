/**
 * Compares our answers with those of the genuine exporter's own tool on its exports:
 * `node --conditions=source scripts/compare-genuine-exports.ts FOLDER`, after test/reference/genuine_exports.py has filled
 * FOLDER. Exit 1 when a detection has no counterpart within 2 px or coverage differs by more than 0.01.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Detections } from '../src/vision/yolo/detections.ts';
import { UnionMask } from '../src/vision/yolo/union-mask.ts';
import { Yolo } from '../src/vision/yolo/yolo.ts';

interface Answer {
  readonly model: string;
  readonly height: number;
  readonly width: number;
  readonly confidence: number;
  readonly scores: readonly number[];
  readonly classIds: readonly number[];
}

const folder = process.argv[2];
if (folder === undefined) throw new TypeError('name the folder that genuine_exports.py filled');
const floats = (file: string): Float32Array => {
  const bytes = readFileSync(join(folder, file));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};

const stems = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));
const stemsByModel = Map.groupBy(stems, (stem) => stem.slice(0, stem.lastIndexOf('.')));
let failed = false;

for (const [name, pictures] of stemsByModel) {
  await using yolo = await Yolo.open(join(folder, `${name}.onnx`));
  const sum = {
    theirs: 0,
    ours: 0,
    alone: 0,
    boxError: 0,
    scoreError: 0,
    maskPixels: 0,
    wrongPixels: 0,
    coverageError: 0,
  };
  for (const stem of pictures) {
    const answer = JSON.parse(readFileSync(join(folder, `${stem}.json`), 'utf8')) as Answer;
    const { height, width } = answer;
    const detections = new Detections(300, yolo.model.maskChannels);
    using output = await yolo.run(yolo.bindInput(floats(`${stem}.input`), [height, width]));
    yolo.decode(output, { confidence: answer.confidence, iou: 0.7 }, detections);
    const boxes = floats(`${stem}.boxes`);
    const masks = readFileSync(join(folder, `${stem}.masks`));
    const [one, union] = [new UnionMask(width, height), new UnionMask(width, height)];
    const open = new Set(answer.scores.keys());
    sum.theirs += answer.scores.length;
    for (let index = 0; index < detections.count; index++) {
      one.clear();
      union.add(detections, index, output);
      // Their tool drops what has an empty mask.
      if (one.add(detections, index, output) === 0) continue;
      sum.ours += 1;
      const [match, error] = nearest(detections, index, answer, boxes, open);
      if (match === undefined || error > 2) {
        sum.alone += 1;
        continue;
      }
      open.delete(match);
      sum.boxError = Math.max(sum.boxError, error);
      sum.scoreError = Math.max(
        sum.scoreError,
        Math.abs(answer.scores[match]! - detections.confidence[index]!),
      );
      if (masks.length === 0) continue;
      for (let pixel = 0; pixel < width * height; pixel++) {
        const theirs = masks[match * width * height + pixel] === 1;
        if (theirs) sum.maskPixels += 1;
        if (theirs !== one.has(pixel % width, Math.floor(pixel / width))) sum.wrongPixels += 1;
      }
    }
    if (masks.length > 0)
      sum.coverageError = Math.max(sum.coverageError, coverageError(union, masks, answer.scores.length));
  }
  failed ||= sum.alone > 0 || sum.ours !== sum.theirs || sum.coverageError > 0.01;
  console.log(
    `${name.padEnd(12)} ${yolo.model.layoutText}: ${sum.theirs} theirs, ${sum.ours} ours, ${sum.alone} without counterpart; ` +
      `boxes within ${sum.boxError} px, scores within ${sum.scoreError}; ${sum.wrongPixels} of ${sum.maskPixels} mask pixels differ; ` +
      `coverage within ${sum.coverageError}`,
  );
}
if (failed) process.exitCode = 1;

/** Their detection of the same class whose corners lie nearest, within the picture; and the largest distance. */
function nearest(
  detections: Detections,
  index: number,
  answer: Answer,
  boxes: Float32Array,
  open: ReadonlySet<number>,
): [number | undefined, number] {
  const limit = [answer.width, answer.height];
  const within = (value: number, corner: number): number => Math.min(limit[corner % 2]!, Math.max(0, value));
  let [best, least]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const other of open) {
    if (answer.classIds[other] !== detections.classId[index]) continue;
    let distance = Math.abs(answer.scores[other]! - detections.confidence[index]!);
    for (let corner = 0; corner < 4; corner++) {
      const apart =
        within(boxes[4 * other + corner]!, corner) - within(detections.xyxy[4 * index + corner]!, corner);
      distance = Math.max(distance, Math.abs(apart));
    }
    if (distance < least) [best, least] = [other, distance];
  }
  return [best, least];
}

/** Difference of the shares of the picture that all masks cover together. */
function coverageError(union: UnionMask, masks: Uint8Array, count: number): number {
  const pixels = union.width * union.height;
  let difference = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    let theirs = 0;
    for (let index = 0; index < count && theirs === 0; index++) theirs = masks[index * pixels + pixel]!;
    difference += theirs - (union.has(pixel % union.width, Math.floor(pixel / union.width)) ? 1 : 0);
  }
  return Math.abs(difference) / pixels;
}
