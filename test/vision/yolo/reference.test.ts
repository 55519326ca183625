/** The decoder against numpy and onnxruntime on random tensors: same boxes, scores and masks, for each layout. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Detections } from '../../../src/vision/yolo/detections.ts';
import { UnionMask } from '../../../src/vision/yolo/union-mask.ts';
import { Yolo } from '../../../src/vision/yolo/yolo.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';
import { type KnownAnswerLayout, usualAnchors } from '../../support/known-answer-model.ts';
import { referencePython } from '../../support/reference-python.ts';

const python = referencePython(['numpy', 'onnxruntime']);
if (python.command === undefined) console.warn(python.reason);
const folder = new KnownAnswerFolder();
afterAll(() => folder[Symbol.dispose]());

interface Case {
  readonly title: string;
  readonly model: string;
  readonly layout: KnownAnswerLayout;
  readonly classes: number;
  readonly masks: number;
  readonly height: number;
  readonly width: number;
  readonly confidence: number;
  readonly iou: number;
  readonly classIds: readonly number[] | null;
}

interface Found {
  readonly box: readonly number[];
  readonly score: number;
  readonly classId: number;
  readonly mask: string;
  readonly unsure: string;
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function makeCase(
  layout: KnownAnswerLayout,
  classes: number,
  masks: number,
  iou: number,
  classIds: readonly number[] | null,
  seed: number,
): Case {
  const random = generator(seed);
  const [height, width] = seed % 2 === 0 ? [64, 96] : [96, 64];
  const anchors = layout === 'rows' ? 60 : usualAnchors(layout, height, width);
  const start = layout === 'rows' ? 6 : layout === 'objectness' ? 5 + classes : 4 + classes;
  const row = (): number[] => {
    const [x, y, w, h] = [random() * width, random() * height, 8 + random() * 40, 8 + random() * 40];
    // One in five may be seen; its neighbours are noise.
    const seen = random() < 0.2;
    const coefficients = Array.from({ length: masks }, () => 4 * random() - 2);
    const scores = Array.from({ length: classes }, () => (seen ? random() : random() * 0.2));
    if (layout === 'rows') {
      return [
        x - w / 2,
        y - h / 2,
        x + w / 2,
        y + h / 2,
        Math.max(...scores),
        Math.floor(random() * classes),
        ...coefficients,
      ];
    }
    const objectness = layout === 'objectness' ? [seen ? 0.5 + random() / 2 : random() * 0.2] : [];
    return [x, y, w, h, ...objectness, ...scores, ...coefficients];
  };
  const rows = Array.from({ length: anchors }, row);
  const channels = start + masks;
  const channelsFirst = layout === 'plain';
  const values = Float32Array.from({ length: anchors * channels }, (_, index) =>
    channelsFirst
      ? rows[index % anchors]![Math.floor(index / anchors)]!
      : rows[Math.floor(index / channels)]![index % channels]!,
  );
  const dims = channelsFirst ? [1, channels, anchors] : [1, anchors, channels];
  const prototypes = Float32Array.from(
    { length: masks * (height / 4) * (width / 4) },
    () => 2 * random() - 1,
  );
  const model = folder.write({
    layout,
    classes,
    maskChannels: masks,
    height,
    width,
    head: { dims, values },
    prototypes,
  });
  const title = `${layout}, ${classes} classes, ${masks} mask channels, IoU ${iou}${classIds === null ? '' : `, ${classIds.length} asked for`}`;
  return { title, model, layout, classes, masks, height, width, confidence: 0.25, iou, classIds };
}

const kinds: [KnownAnswerLayout, number, number, number, readonly number[] | null][] = (
  ['plain', 'transposed', 'objectness', 'rows'] as const
).flatMap((layout): [KnownAnswerLayout, number, number, number, readonly number[] | null][] => [
  [layout, 1, 32, 0.7, null],
  [layout, 3, 32, 0.45, null],
  [layout, 3, 7, 0.45, [1]],
  [layout, 80, 32, 0.7, Array.from({ length: 40 }, (_, index) => 2 * index)],
  [layout, 4, 0, 0.45, null],
]);

describe.skipIf(python.command === undefined)('numpy and onnxruntime agree', () => {
  const cases = kinds.map((kind, index) => makeCase(...kind, index + 1));
  let answers: Found[][] | undefined;

  /** All cases in one run of Python: it takes a second to start. */
  function reference(): Found[][] {
    if (answers !== undefined) return answers;
    const [asked, answered] = [join(folder.path, 'cases.json'), join(folder.path, 'answers.json')];
    writeFileSync(asked, JSON.stringify(cases));
    execFileSync(python.command!, [
      new URL('../../reference/yolo_reference.py', import.meta.url).pathname,
      asked,
      answered,
    ]);
    answers = JSON.parse(readFileSync(answered, 'utf8')) as Found[][];
    return answers;
  }

  test.for(cases.map((one, index) => [one.title, index] as const))('%s', async ([, index]) => {
    const { model, height, width, confidence, iou, classIds, masks } = cases[index]!;
    const expected = reference()[index]!;
    await using yolo = await Yolo.open(model);
    const detections = new Detections(1000, masks);
    using output = await yolo.run(yolo.bindInput(new Float32Array(3 * height * width)));
    yolo.decode(output, { confidence, iou, classIds: classIds ?? undefined }, detections);
    expect(detections.count).toBe(expected.length);
    expect(expected.length).toBeGreaterThan(0);
    for (const [place, one] of expected.entries()) {
      for (const [corner, value] of one.box.entries())
        expect(detections.xyxy[4 * place + corner]).toBeCloseTo(value, 4);
      expect(detections.confidence[place]).toBeCloseTo(one.score, 6);
      expect(detections.classId[place]).toBe(one.classId);
      const union = new UnionMask(width, height);
      union.add(detections, place, output);
      expect(differences(union, one)).toBe(0);
    }
  });
});

/** Pixels that differ, but for those whose value is rounding's to decide. */
function differences(union: UnionMask, { mask, unsure }: Found): number {
  const [expected, open] = [Buffer.from(mask, 'base64'), Buffer.from(unsure, 'base64')];
  const bit = (bytes: Buffer, place: number): boolean =>
    ((bytes[place >> 3]! >> (7 - (place & 7))) & 1) === 1;
  let count = 0;
  for (let place = 0; place < union.width * union.height; place++) {
    const has = union.has(place % union.width, Math.floor(place / union.width));
    if (has !== bit(expected, place) && !bit(open, place)) count += 1;
  }
  return count;
}
