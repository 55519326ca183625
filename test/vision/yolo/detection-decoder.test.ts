import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DetectionDecoder } from '../../../src/vision/yolo/detection-decoder.ts';
import { Detections } from '../../../src/vision/yolo/detections.ts';
import { ObjectnessHead } from '../../../src/vision/yolo/objectness-head.ts';
import { PlainHead } from '../../../src/vision/yolo/plain-head.ts';
import { RowHead } from '../../../src/vision/yolo/row-head.ts';
import { TransposedHead } from '../../../src/vision/yolo/transposed-head.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

interface Found {
  readonly box: readonly number[];
  readonly score: number;
  readonly classId: number;
}

const share = fc.integer({ min: 0, max: 256 }).map((value) => value / 256);
const candidates = (classes: number) =>
  fc.array(
    fc.record({
      // Few places, so that boxes overlap often and equal ones occur.
      box: fc.tuple(
        ...[0, 1, 2, 3].map((index) =>
          fc.integer({ min: index < 2 ? 0 : 1, max: 12 }).map((value) => 8 * value),
        ),
      ),
      scores: fc.array(share, { minLength: classes, maxLength: classes }),
    }),
    { minLength: 1, maxLength: 40 },
  );

/** Greedy suppression as a textbook has it: sort, take, drop. */
function textbook(
  list: readonly { box: number[]; scores: number[] }[],
  confidence: number,
  iou: number,
  classIds?: number[],
): Found[] {
  const found = list
    .map(({ box: [x, y, w, h], scores }, place) => {
      const score = Math.max(...scores);
      return {
        box: [x! - w! / 2, y! - h! / 2, x! + w! / 2, y! + h! / 2],
        score,
        classId: scores.indexOf(score),
        place,
      };
    })
    .filter(({ score, classId }) => score > confidence && (classIds?.includes(classId) ?? true))
    .sort((a, b) => b.score - a.score || a.place - b.place);
  const kept: typeof found = [];
  for (const one of found) {
    const hit = kept.some((other) => other.classId === one.classId && overlap(other.box, one.box) > iou);
    if (!hit) kept.push(one);
  }
  return kept;
}

function overlap(a: readonly number[], b: readonly number[]): number {
  const width = Math.max(0, Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!));
  const height = Math.max(0, Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!));
  const area = (box: readonly number[]): number => (box[2]! - box[0]!) * (box[3]! - box[1]!);
  // In float32, as the exporters' tool compares it: 3/10 is above 0.3 there.
  return Math.fround((width * height) / (area(a) + area(b) - width * height));
}

function read(detections: Detections): Found[] {
  return Array.from({ length: detections.count }, (_, index) => ({
    box: Array.from(detections.xyxy.subarray(4 * index, 4 * index + 4)),
    score: detections.confidence[index]!,
    classId: detections.classId[index]!,
  }));
}

describe('suppression is the textbook one, for each layout', () => {
  const classIds = fc.option(fc.subarray([0, 1, 2]), { nil: undefined });
  const iou = fc.constantFrom(0.3, 0.45, 0.7, 1);

  test.for(['plain', 'transposed', 'objectness'] as const)('%s', (layout) => {
    // One decoder for all pictures: nothing of the one before may stay.
    const heads = {
      plain: new PlainHead(3, 2),
      transposed: new TransposedHead(3, 2),
      objectness: new ObjectnessHead(3, 2),
    };
    const decoder = new DetectionDecoder(heads[layout]);
    const detections = new Detections(50, 2);
    fc.assert(
      fc.property(candidates(3), share, iou, classIds, (list, confidence, threshold, wanted) => {
        const rows = list.map(({ box, scores }, place) =>
          layout === 'objectness'
            ? [...box, 1, ...scores, place, -place]
            : [...box, ...scores, place, -place],
        );
        const head = layout === 'plain' ? transpose(rows) : rows.flat();
        decoder.decode(
          Float32Array.from(head),
          list.length,
          { confidence, iou: threshold, classIds: wanted },
          detections,
        );
        const expected = textbook(list, confidence, threshold, wanted);
        expect(read(detections)).toEqual(
          expected.map(({ box, score, classId }) => ({ box, score, classId })),
        );
        const places = Array.from(
          { length: detections.count },
          (_, index) => detections.coefficients[2 * index],
        );
        expect(places).toEqual((expected as (Found & { place: number })[]).map(({ place }) => place));
      }),
      { numRuns: fuzzRuns(300) },
    );
  });

  test('a v5 score is objectness times class score', () => {
    const decoder = new DetectionDecoder(new ObjectnessHead(2, 0));
    const detections = new Detections(5, 0);
    decoder.decode(Float32Array.of(8, 8, 4, 4, 0.5, 0.9, 0.2), 1, { confidence: 0.4, iou: 0.7 }, detections);
    expect(read(detections)).toEqual([
      { box: [6, 6, 10, 10], score: Math.fround(0.5 * Math.fround(0.9)), classId: 0 },
    ]);
    decoder.decode(Float32Array.of(8, 8, 4, 4, 0.5, 0.9, 0.2), 1, { confidence: 0.45, iou: 0.7 }, detections);
    expect(detections.count).toBe(0);
  });

  test('rows come out by score and are left as they are', () => {
    const decoder = new DetectionDecoder(new RowHead(2, 1));
    const detections = new Detections(5, 1);
    const rows = [
      [0, 0, 8, 8, 0.6, 1, 7],
      [0, 0, 8, 8, 0.9, 1, 8],
      [0, 0, 0, 0, 0, 0, 0],
      [1, 1, 2, 2, 0.7, 0, 9],
    ];
    decoder.decode(Float32Array.from(rows.flat()), 4, { confidence: 0.5, iou: 0.1 }, detections);
    expect(read(detections).map(({ classId, score }) => [classId, score])).toEqual([
      [1, Math.fround(0.9)],
      [0, Math.fround(0.7)],
      [1, Math.fround(0.6)],
    ]);
    expect(Array.from(detections.coefficients.subarray(0, 3))).toEqual([8, 9, 7]);
  });

  test('scores that are no numbers count for nothing', () => {
    const decoder = new DetectionDecoder(new PlainHead(1, 0));
    const detections = new Detections(5, 0);
    decoder.decode(
      Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2, Number.NaN, 0.9),
      2,
      { confidence: 0, iou: 0.7 },
      detections,
    );
    expect(detections.count).toBe(1);
  });
});

function transpose(rows: readonly (readonly number[])[]): number[] {
  return rows[0]!.flatMap((_, column) => rows.map((row) => row[column]!));
}
