import type { CandidateHeap } from './candidate-heap.ts';
import type { Detections } from './detections.ts';
import { copyCoefficients, type DecodeSettings, type HeadDecoder, writeCentredBox } from './head-decoder.ts';

/** The plain head with its axes exchanged: [anchors, 4 + classes + maskChannels]. */
export class TransposedHead implements HeadDecoder {
  readonly endToEnd = false;
  readonly #classes: number;
  readonly #maskChannels: number;
  readonly #channels: number;

  constructor(classes: number, maskChannels: number) {
    this.#classes = classes;
    this.#maskChannels = maskChannels;
    this.#channels = 4 + classes + maskChannels;
  }

  collect(head: Float32Array, anchors: number, settings: DecodeSettings, candidates: CandidateHeap): void {
    const threshold = Math.fround(settings.confidence);
    for (let anchor = 0; anchor < anchors; anchor++) {
      const best = this.#bestClass(head, anchor);
      const place = anchor * this.#channels + 4 + best;
      if (!(head[place]! > threshold)) continue;
      if (settings.classIds === undefined || settings.classIds.includes(best))
        candidates.push(head, place, anchor);
    }
  }

  readBox(head: Float32Array, _anchors: number, anchor: number, detections: Detections, slot: number): void {
    const place = anchor * this.#channels;
    const best = this.#bestClass(head, anchor);
    detections.classId[slot] = best;
    detections.confidence[slot] = head[place + 4 + best]!;
    writeCentredBox(detections.xyxy, slot, head, place, 1);
  }

  readCoefficients(
    head: Float32Array,
    _anchors: number,
    anchor: number,
    detections: Detections,
    slot: number,
  ): void {
    const place = anchor * this.#channels + 4 + this.#classes;
    copyCoefficients(detections.coefficients, slot, head, place, this.#maskChannels);
  }

  #bestClass(head: Float32Array, anchor: number): number {
    const start = anchor * this.#channels + 4;
    let best = 0;
    for (let classId = 1; classId < this.#classes; classId++) {
      if (head[start + classId]! > head[start + best]!) best = classId;
    }
    return best;
  }
}
