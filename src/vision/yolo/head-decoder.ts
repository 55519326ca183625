import type { CandidateHeap } from './candidate-heap.ts';
import type { Detections } from './detections.ts';

/** What a detection must be to count. */
export interface DecodeSettings {
  /** A detection counts when its score is greater, 0..1. */
  readonly confidence: number;
  /** Overlap (0..1) above which the weaker of two boxes of one class is dropped. */
  readonly iou: number;
  /** Classes that count; without it all do. */
  readonly classIds?: readonly number[] | undefined;
}

/**
 * Settings that compare as false with everything, or a class that there is not, would find nothing in any picture.
 * @throws RangeError naming the setting
 */
export function checkDecodeSettings({ confidence, iou, classIds }: DecodeSettings, classes: number): void {
  if (!(confidence >= 0 && confidence <= 1))
    throw new RangeError(`confidence must lie within 0 and 1, and is ${confidence}`);
  if (!(iou >= 0 && iou <= 1)) throw new RangeError(`iou must lie within 0 and 1, and is ${iou}`);
  if (classIds === undefined) return;
  for (const id of classIds) {
    if (!(Number.isInteger(id) && id >= 0 && id < classes))
      throw new RangeError(`classIds has ${id}, and the model's classes are 0 to ${classes - 1}`);
  }
}

/**
 * Reads one layout of head. `collect` finds the candidates above the confidence, `read` writes one of them.
 * `head` is the first picture's values in the model's own order; `anchors` how many candidates it holds.
 */
export interface HeadDecoder {
  /** True where detections come ready and must not be suppressed again. */
  readonly endToEnd: boolean;
  /** Pushes score and anchor of every candidate of a wanted class; score is the anchor's best class. */
  collect(head: Float32Array, anchors: number, settings: DecodeSettings, candidates: CandidateHeap): void;
  /** Writes box, confidence and class of `anchor` at place `slot`. */
  readBox(head: Float32Array, anchors: number, anchor: number, detections: Detections, slot: number): void;
  /** Writes the mask coefficients of `anchor` at place `slot`. */
  readCoefficients(
    head: Float32Array,
    anchors: number,
    anchor: number,
    detections: Detections,
    slot: number,
  ): void;
}

/**
 * Centre and size to corners, rounded as float32 arithmetic rounds. The four values stand in `head` from `place` on,
 * `step` apart.
 */
export function writeCentredBox(
  xyxy: Float32Array,
  slot: number,
  head: Float32Array,
  place: number,
  step: number,
): void {
  const x = head[place]!;
  const y = head[place + step]!;
  const width = head[place + 2 * step]!;
  const height = head[place + 3 * step]!;
  xyxy[4 * slot] = x - width / 2;
  xyxy[4 * slot + 1] = y - height / 2;
  xyxy[4 * slot + 2] = x + width / 2;
  xyxy[4 * slot + 3] = y + height / 2;
}

/** A detection's mask coefficients, which stand in `head` from `place` on, one after the other. */
export function copyCoefficients(
  coefficients: Float32Array,
  slot: number,
  head: Float32Array,
  place: number,
  channels: number,
): void {
  for (let channel = 0; channel < channels; channel++) {
    coefficients[slot * channels + channel] = head[place + channel]!;
  }
}
