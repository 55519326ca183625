import type { FrameRing } from '@plateau/memory';
import { letterbox } from '../vision/letterbox.ts';
import { UnionMask } from '../vision/yolo/union-mask.ts';
import type { ModelInput, Yolo } from '../vision/yolo/yolo.ts';
import type { PolygonZone } from '../vision/zones/polygon-zone.ts';
import { ZoneCoverage } from '../vision/zones/zone-coverage.ts';
import { type SourceGeometryNote, slotField } from './thread-protocol.ts';

/** Fields of a slot's metadata that say where its picture lies; while they stay, the geometry holds. */
const placeFields = [
  slotField.sourceWidth,
  slotField.sourceHeight,
  slotField.inputWidth,
  slotField.inputHeight,
  slotField.cropLeft,
  slotField.cropTop,
  slotField.cropWidth,
  slotField.cropHeight,
] as const;

/**
 * What measuring one camera's pictures needs as long as they keep their size: a tensor over each slot of the ring, the
 * union of the masks, the zones on its grid. Made anew when the size changes, never for a picture.
 */
export class SourceGeometry {
  readonly inputs: readonly ModelInput[];
  readonly union: UnionMask;
  readonly coverage: ZoneCoverage;
  readonly note: SourceGeometryNote;
  readonly #place: Float64Array;

  /**
   * @param metadata Of a slot whose picture was scaled.
   * @throws PlateauError ERR_ZONE_INVALID for a zone that lies outside of the picture.
   */
  constructor(yolo: Yolo, ring: FrameRing, zones: readonly PolygonZone[], metadata: Float64Array) {
    this.#place = Float64Array.from(placeFields, (field) => metadata[field]);
    const [sourceWidth, sourceHeight, inputWidth, inputHeight, left, top, width, height] = this.#place;
    const crop = { left, top, width, height };
    const box = letterbox(sourceWidth, sourceHeight, inputWidth, inputHeight, crop);
    const floats = 3 * inputHeight * inputWidth;
    this.coverage = new ZoneCoverage({ zones, letterbox: box });
    this.union = new UnionMask(inputWidth, inputHeight);
    this.inputs = Array.from({ length: ring.slots }, (_, index) => {
      const bytes = ring.slotBytes(index);
      const pixels = new Float32Array(bytes.buffer, bytes.byteOffset, floats);
      return yolo.bindInput(pixels, [inputHeight, inputWidth]);
    });
    this.note = { input: [inputHeight, inputWidth], crop, warnings: this.coverage.warnings };
  }

  /** Whether a slot's picture lies as those before it. */
  holds(metadata: Float64Array): boolean {
    for (let index = 0; index < placeFields.length; index += 1)
      if (metadata[placeFields[index]] !== this.#place[index]) return false;
    return true;
  }
}
