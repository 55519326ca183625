import { PlateauError } from '../../errors.ts';
import type { CandidateHeap } from './candidate-heap.ts';
import type { Detections } from './detections.ts';
import { copyCoefficients, type DecodeSettings, type HeadDecoder } from './head-decoder.ts';

/**
 * Ready detections: [rows, 6 + maskChannels]; x1, y1, x2, y2 in input pixels, score, class, coefficients. Written by
 * end-to-end heads and by exports with NMS inside, whose unused rows are zeros; neither may be suppressed again.
 * Source: exports of Ultralytics 8.4, measured.
 */
export class RowHead implements HeadDecoder {
  readonly endToEnd = true;
  readonly #classes: number;
  readonly #maskChannels: number;
  readonly #channels: number;

  constructor(classes: number, maskChannels: number) {
    this.#classes = classes;
    this.#maskChannels = maskChannels;
    this.#channels = 6 + maskChannels;
  }

  /** @throws PlateauError ERR_NAMES_MISMATCH when a row has a class that no name is known for */
  collect(head: Float32Array, anchors: number, settings: DecodeSettings, candidates: CandidateHeap): void {
    const threshold = Math.fround(settings.confidence);
    for (let row = 0; row < anchors; row++) {
      const score = head[row * this.#channels + 4]!;
      if (!(score > threshold)) continue;
      const classId = head[row * this.#channels + 5]!;
      if (!(classId >= 0 && classId < this.#classes)) {
        throw new PlateauError(
          'ERR_NAMES_MISMATCH',
          `The model answered with class ${classId}, but ${this.#classes} class names are known; give all of them with --names (model.names).`,
        );
      }
      if (settings.classIds === undefined || settings.classIds.includes(Math.trunc(classId)))
        candidates.push(head, row * this.#channels + 4, row);
    }
  }

  readBox(head: Float32Array, _anchors: number, row: number, detections: Detections, slot: number): void {
    const place = row * this.#channels;
    for (let corner = 0; corner < 4; corner++) detections.xyxy[4 * slot + corner] = head[place + corner]!;
    detections.confidence[slot] = head[place + 4]!;
    detections.classId[slot] = head[place + 5]!;
  }

  readCoefficients(
    head: Float32Array,
    _anchors: number,
    row: number,
    detections: Detections,
    slot: number,
  ): void {
    const place = row * this.#channels + 6;
    copyCoefficients(detections.coefficients, slot, head, place, this.#maskChannels);
  }
}
