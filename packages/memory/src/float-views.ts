/** Float views over the bytes of one slot, the first 32 made once and found again without allocating anything. */

/** A program has a few views of a slot; one with ever new lengths gets them without their being kept. */
const mostViews = 32;

export class FloatViews {
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  readonly #views: Float32Array<SharedArrayBuffer>[] = [];

  constructor(bytes: Uint8Array<SharedArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** @param length In floats; default: to the end. @throws RangeError when that does not lie in the slot. */
  at(byteOffset: number, length?: number): Float32Array<SharedArrayBuffer> {
    const { buffer, byteLength } = this.#bytes;
    const start = this.#bytes.byteOffset + byteOffset;
    const floats = length ?? Math.floor((byteLength - byteOffset) / 4);
    for (const view of this.#views) if (view.byteOffset === start && view.length === floats) return view;
    if (byteOffset < 0 || floats < 0 || byteOffset + floats * 4 > byteLength) {
      throw new RangeError(
        `${floats} floats from byte ${byteOffset} do not lie in a slot of ${byteLength} bytes`,
      );
    }
    const made = new Float32Array(buffer, start, floats);
    if (this.#views.length < mostViews) this.#views.push(made);
    return made;
  }
}
