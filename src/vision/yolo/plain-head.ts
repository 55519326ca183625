import type { CandidateHeap } from './candidate-heap.ts';
import type { Detections } from './detections.ts';
import { type DecodeSettings, type HeadDecoder, writeCentredBox } from './head-decoder.ts';

/**
 * Head of YOLOv8, 11, 12 and 26: [4 + classes + maskChannels, anchors]; centre, width, height in input pixels,
 * scores after the sigmoid, coefficients. Scores are read row by row, each row contiguous in memory.
 * Source: exports of Ultralytics 8.4, measured.
 */
export class PlainHead implements HeadDecoder {
  readonly endToEnd = false;
  readonly #classes: number;
  readonly #maskChannels: number;
  /** Which anchors are listed already in the present picture: the picture's own number stands there. */
  #marks = new Uint32Array(0);
  #listed = new Int32Array(0);
  #picture = 0;

  constructor(classes: number, maskChannels: number) {
    this.#classes = classes;
    this.#maskChannels = maskChannels;
  }

  collect(head: Float32Array, anchors: number, settings: DecodeSettings, candidates: CandidateHeap): void {
    const threshold = Math.fround(settings.confidence);
    if (this.#classes === 1) {
      if (settings.classIds !== undefined && !settings.classIds.includes(0)) return;
      const start = 4 * anchors;
      for (let anchor = 0; anchor < anchors; anchor++) {
        if (head[start + anchor]! > threshold) candidates.push(head, start + anchor, anchor);
      }
      return;
    }
    const listed = this.#listAbove(head, anchors, threshold, settings.classIds);
    for (let index = 0; index < listed; index++) {
      const anchor = this.#listed[index]!;
      const best = this.#bestClass(head, anchors, anchor);
      // An anchor belongs to its best class only, whichever class was asked for.
      if (settings.classIds !== undefined && !settings.classIds.includes(best)) continue;
      candidates.push(head, (4 + best) * anchors + anchor, anchor);
    }
  }

  readBox(head: Float32Array, anchors: number, anchor: number, detections: Detections, slot: number): void {
    const best = this.#bestClass(head, anchors, anchor);
    detections.classId[slot] = best;
    detections.confidence[slot] = head[(4 + best) * anchors + anchor]!;
    writeCentredBox(detections.xyxy, slot, head, anchor, anchors);
  }

  readCoefficients(
    head: Float32Array,
    anchors: number,
    anchor: number,
    detections: Detections,
    slot: number,
  ): void {
    const channels = this.#maskChannels;
    let place = (4 + this.#classes) * anchors + anchor;
    for (let channel = 0; channel < channels; channel++) {
      detections.coefficients[slot * channels + channel] = head[place]!;
      place += anchors;
    }
  }

  /** Lists the anchors with any wanted class above the threshold, each once; answers how many. */
  #listAbove(
    head: Float32Array,
    anchors: number,
    threshold: number,
    classIds: readonly number[] | undefined,
  ): number {
    if (this.#marks.length < anchors) {
      this.#marks = new Uint32Array(anchors);
      this.#listed = new Int32Array(anchors);
      this.#picture = 0;
    }
    this.#picture += 1;
    let count = 0;
    const rows = classIds === undefined ? this.#classes : classIds.length;
    for (let index = 0; index < rows; index++) {
      const classId = classIds === undefined ? index : classIds[index]!;
      if (classId >= this.#classes) continue;
      count = this.#listRow(head, (4 + classId) * anchors, anchors, threshold, count);
    }
    return count;
  }

  #listRow(
    head: Float32Array,
    start: number,
    anchors: number,
    threshold: number,
    listedSoFar: number,
  ): number {
    let count = listedSoFar;
    for (let anchor = 0; anchor < anchors; anchor++) {
      if (head[start + anchor]! > threshold && this.#marks[anchor] !== this.#picture) {
        this.#marks[anchor] = this.#picture;
        this.#listed[count++] = anchor;
      }
    }
    return count;
  }

  #bestClass(head: Float32Array, anchors: number, anchor: number): number {
    let best = 0;
    let bestScore = head[4 * anchors + anchor]!;
    for (let classId = 1; classId < this.#classes; classId++) {
      const score = head[(4 + classId) * anchors + anchor]!;
      if (score > bestScore) {
        best = classId;
        bestScore = score;
      }
    }
    return best;
  }
}
