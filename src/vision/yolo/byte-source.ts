import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that can be read at any place. Reading past the end is the reader's mistake and throws `RangeError`. */
export interface ByteSource {
  readonly byteLength: number;
  /** One byte. */
  byteAt(offset: number): number;
  /** A view of `length` bytes from `offset` on; valid until the next call. */
  read(offset: number, length: number): Uint8Array;
}

const windowBytes = 64 * 1024;

/**
 * A file seen through one window of 64 KiB, so that a model of gigabytes costs no more memory than a small one.
 * Owner: the caller of `open`, who holds it with `using`.
 */
export class FileBytes implements ByteSource, Disposable {
  readonly byteLength: number;
  readonly #window = Buffer.allocUnsafeSlow(windowBytes);
  #descriptor: number;
  #start = 0;
  #filled = 0;

  /** @throws the file system's own error (`ENOENT`, `EACCES`, `EISDIR`) */
  static open(path: string): FileBytes {
    return new FileBytes(openSync(path, 'r'));
  }

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.byteLength = fstatSync(descriptor).size;
  }

  byteAt(offset: number): number {
    const place = offset - this.#start;
    if (place >= 0 && place < this.#filled) return this.#window[place]!;
    return this.read(offset, 1)[0]!;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.#descriptor < 0) throw new TypeError('FileBytes was used after it was disposed of');
    if (offset < 0 || offset + length > this.byteLength) {
      throw new RangeError(`bytes ${offset} to ${offset + length} of ${this.byteLength}`);
    }
    if (length > windowBytes) {
      const bytes = Buffer.allocUnsafeSlow(length);
      if (readSync(this.#descriptor, bytes, 0, length, offset) < length)
        throw new RangeError('the file became shorter');
      return bytes;
    }
    if (offset < this.#start || offset + length > this.#start + this.#filled) {
      this.#start = offset;
      this.#filled = readSync(this.#descriptor, this.#window, 0, windowBytes, offset);
      if (this.#filled < length) throw new RangeError('the file became shorter');
    }
    return this.#window.subarray(offset - this.#start, offset - this.#start + length);
  }

  [Symbol.dispose](): void {
    if (this.#descriptor < 0) return;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
    this.#filled = 0;
  }
}
