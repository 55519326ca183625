/** Reads bits of an H.264 unit, most significant first, leaving out the bytes that only prevent false start codes. */
export class BitReader {
  #bytes: Uint8Array;
  #end = 0;
  #at = 0;
  #zeros = 0;
  #current = 0;
  #left = 0;

  /** Reads `bytes` from `start` (inclusive) to `end`. The bytes are borrowed. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.begin(bytes, start, end);
  }

  /** Begins anew, with other bytes. */
  begin(bytes: Uint8Array, start: number, end: number): this {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#zeros = 0;
    this.#left = 0;
    return this;
  }

  /** True once more was read than there is; the numbers read since then mean nothing. */
  get exhausted(): boolean {
    return this.#at > this.#end;
  }

  bit(): number {
    if (this.#left === 0) this.#load();
    this.#left -= 1;
    return (this.#current >> this.#left) & 1;
  }

  /** An unsigned number of up to 30 bits. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) value = (value << 1) | this.bit();
    return value;
  }

  /** An unsigned Exp-Golomb number, `ue(v)`, of up to 27 bits: none that a picture has is larger. */
  unsigned(): number {
    let zeros = 0;
    while (zeros < 28 && !this.exhausted && this.bit() === 0) zeros += 1;
    return (1 << zeros) - 1 + this.bits(zeros);
  }

  /** A signed Exp-Golomb number, `se(v)`. */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : 0 - code / 2;
  }

  #load(): void {
    if (this.#zeros >= 2 && this.#at < this.#end && this.#bytes[this.#at] === 3) {
      this.#at += 1;
      this.#zeros = 0;
    }
    this.#current = this.#at < this.#end ? (this.#bytes[this.#at] as number) : 0;
    this.#at += 1;
    this.#zeros = this.#current === 0 ? this.#zeros + 1 : 0;
    this.#left = 8;
  }
}
