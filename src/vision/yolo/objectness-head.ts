import type { CandidateHeap } from './candidate-heap.ts';
import type { Detections } from './detections.ts';
import { copyCoefficients, type DecodeSettings, type HeadDecoder, writeCentredBox } from './head-decoder.ts';

/**
 * Head of YOLOv5: [anchors, 5 + classes + maskChannels]; centre, width, height in input pixels, objectness, class
 * scores, coefficients. A detection's score is objectness times class score. Source: exports of YOLOv5 7.0, measured.
 */
export class ObjectnessHead implements HeadDecoder {
  readonly endToEnd = false;
  readonly #classes: number;
  readonly #maskChannels: number;
  readonly #channels: number;
  readonly #product = new Float32Array(1);

  constructor(classes: number, maskChannels: number) {
    this.#classes = classes;
    this.#maskChannels = maskChannels;
    this.#channels = 5 + classes + maskChannels;
  }

  collect(head: Float32Array, anchors: number, settings: DecodeSettings, candidates: CandidateHeap): void {
    const threshold = Math.fround(settings.confidence);
    for (let anchor = 0; anchor < anchors; anchor++) {
      // The exporter's own tool asks the objectness first, and it spares the classes of nearly all anchors.
      if (!(head[anchor * this.#channels + 4]! > threshold)) continue;
      const best = this.#bestClass(head, anchor);
      this.#product[0] = this.#score(head, anchor, best);
      if (!(this.#product[0] > threshold)) continue;
      if (settings.classIds === undefined || settings.classIds.includes(best))
        candidates.push(this.#product, 0, anchor);
    }
  }

  readBox(head: Float32Array, _anchors: number, anchor: number, detections: Detections, slot: number): void {
    const place = anchor * this.#channels;
    const best = this.#bestClass(head, anchor);
    detections.classId[slot] = best;
    detections.confidence[slot] = this.#score(head, anchor, best);
    writeCentredBox(detections.xyxy, slot, head, place, 1);
  }

  readCoefficients(
    head: Float32Array,
    _anchors: number,
    anchor: number,
    detections: Detections,
    slot: number,
  ): void {
    const place = anchor * this.#channels + 5 + this.#classes;
    copyCoefficients(detections.coefficients, slot, head, place, this.#maskChannels);
  }

  #score(head: Float32Array, anchor: number, classId: number): number {
    const place = anchor * this.#channels;
    return Math.fround(head[place + 4]! * head[place + 5 + classId]!);
  }

  /** Compared as products, in float32: two products may be equal where the class scores are not. */
  #bestClass(head: Float32Array, anchor: number): number {
    let best = 0;
    let bestScore = this.#score(head, anchor, 0);
    for (let classId = 1; classId < this.#classes; classId++) {
      const score = this.#score(head, anchor, classId);
      if (score > bestScore) {
        best = classId;
        bestScore = score;
      }
    }
    return best;
  }
}
