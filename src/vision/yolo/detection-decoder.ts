import { CandidateHeap } from './candidate-heap.ts';
import type { Detections } from './detections.ts';
import type { DecodeSettings, HeadDecoder } from './head-decoder.ts';
import { isSuppressed } from './suppress-overlaps.ts';

/**
 * From a head's values to detections: candidates above the confidence, strongest first, overlapping ones of a class
 * dropped. Allocates only when a head is larger than any before.
 */
export class DetectionDecoder {
  readonly #head: HeadDecoder;
  #candidates = new CandidateHeap(0);

  constructor(head: HeadDecoder) {
    this.#head = head;
  }

  /** Fills `detections`; what finds no room there is counted as overflow. */
  decode(values: Float32Array, anchors: number, settings: DecodeSettings, detections: Detections): void {
    if (this.#candidates.capacity < anchors) this.#candidates = new CandidateHeap(anchors);
    const head = this.#head;
    const candidates = this.#candidates;
    candidates.clear();
    head.collect(values, anchors, settings, candidates);
    candidates.order();

    detections.clear();
    let count = 0;
    for (let anchor = candidates.pop(); anchor >= 0; anchor = candidates.pop()) {
      if (count === detections.capacity) {
        detections.overflow = candidates.size + 1;
        break;
      }
      head.readBox(values, anchors, anchor, detections, count);
      if (!head.endToEnd && isSuppressed(detections, count, count, settings)) continue;
      head.readCoefficients(values, anchors, anchor, detections, count);
      count += 1;
    }
    detections.count = count;
  }
}
