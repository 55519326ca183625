/** Where the parts of a frame ring lie in its slab: shared words, then metadata, then the slots, each on a cache line. */
import { RingControl } from './ring-control.ts';
import { RingWords } from './ring-words.ts';

/** The shape of a ring: the same in every thread. */
export interface RingShape {
  readonly slots: number;
  readonly slotByteLength: number;
  readonly metadataFields: number;
}

const lineBytes = 64;

/** Views over one ring's slab, made once per thread. */
export class RingMemory {
  readonly control: RingControl;
  readonly bytes: readonly Uint8Array<SharedArrayBuffer>[];
  readonly metadata: readonly Float64Array<SharedArrayBuffer>[];

  constructor(buffer: SharedArrayBuffer, shape: RingShape, ringId: number) {
    this.control = new RingControl(buffer, shape.slots, ringId);
    const metadataStart = RingWords.byteLengthFor(shape.slots);
    const stride = inLines(shape.metadataFields * 8);
    const slotsStart = metadataStart + shape.slots * stride;
    const slotStride = inLines(shape.slotByteLength);
    const indices = Array.from({ length: shape.slots }, (_, index) => index);
    this.metadata = indices.map(
      (i) => new Float64Array(buffer, metadataStart + i * stride, shape.metadataFields),
    );
    this.bytes = indices.map(
      (i) => new Uint8Array(buffer, slotsStart + i * slotStride, shape.slotByteLength),
    );
  }

  /** @throws RangeError for a shape that cannot be. */
  static byteLengthFor({ slots, slotByteLength, metadataFields }: RingShape): number {
    requireWhole('slots', slots, 2);
    requireWhole('slotByteLength', slotByteLength, 1);
    requireWhole('metadataFields', metadataFields, 0);
    return RingWords.byteLengthFor(slots) + slots * (inLines(metadataFields * 8) + inLines(slotByteLength));
  }
}

function inLines(bytes: number): number {
  return Math.ceil(bytes / lineBytes) * lineBytes;
}

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name} must be a whole number of at least ${least}, not ${value}`);
}
