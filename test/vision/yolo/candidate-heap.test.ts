import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CandidateHeap } from '../../../src/vision/yolo/candidate-heap.ts';

function popAll(heap: CandidateHeap): number[] {
  const found: number[] = [];
  for (let index = heap.pop(); index >= 0; index = heap.pop()) found.push(index);
  return found;
}

function fill(heap: CandidateHeap, scores: Float32Array): void {
  heap.clear();
  for (const place of scores.keys()) heap.push(scores, place, place);
  heap.order();
}

const scores = fc
  .array(
    fc.oneof(
      fc.float({ min: Math.fround(1e-45), max: 1, noNaN: true }),
      // Few of these, so that equal scores occur.
      fc.constantFrom(0.25, 0.5, 0.75, Math.fround(1e-45), 1),
    ),
    { maxLength: 60 },
  )
  .map((list) => Float32Array.from(list));

describe('candidates', () => {
  test('come out as a sort by score and then by place gives them, picture after picture', () => {
    const heap = new CandidateHeap(60);
    fc.assert(
      fc.property(scores, fc.nat(60), (list, wanted) => {
        const sorted = [...list.keys()].sort((a, b) => list[b]! - list[a]! || a - b);
        fill(heap, list);
        expect(heap.size).toBe(list.length);
        expect(popAll(heap)).toEqual(sorted);
        expect(heap.pop()).toBe(-1);
        // The rest of a picture that is left in the heap does not reach the next one.
        fill(heap, list);
        const first = Array.from({ length: Math.min(wanted, list.length) }, () => heap.pop());
        expect(first).toEqual(sorted.slice(0, wanted));
        expect(heap.size).toBe(list.length - first.length);
      }),
    );
  });

  test('a score is taken from its place, whatever the index beside it', () => {
    const heap = new CandidateHeap(2);
    heap.push(Float32Array.of(0.1, 0.9, 0.5), 2, 7);
    heap.push(Float32Array.of(0.1, 0.9, 0.5), 1, 3);
    heap.order();
    expect(popAll(heap)).toEqual([3, 7]);
  });

  test('the last index that one heap can tell apart is no other one', () => {
    const last = 2 ** 21 - 1;
    const heap = new CandidateHeap(3);
    for (const index of [last, last - 1, 0]) heap.push(Float32Array.of(1), 0, index);
    heap.order();
    expect(popAll(heap)).toEqual([0, last - 1, last]);
  });

  test('more than it can tell apart are refused', () => {
    expect(new CandidateHeap(2 ** 21).capacity).toBe(2 ** 21);
    expect(() => new CandidateHeap(2 ** 21 + 1)).toThrow(RangeError);
  });
});
