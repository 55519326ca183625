import type { Packet } from './ffmpeg.ts';

/** Packets that a decoder was sent and may yet fail on, so that another one can decode them. Owns a reference to each. */
export class KeptPackets implements Disposable {
  readonly #packets: Packet[] = [];
  #bytes = 0;
  #hasKeyFrame = false;

  get count(): number {
    return this.#packets.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a key frame was ever among them: ahead of it no decoder can say anything. */
  get hasKeyFrame(): boolean {
    return this.#hasKeyFrame;
  }

  /** Keeps a reference; the packet stays the caller's. */
  add(packet: Packet): void {
    const kept = packet.clone();
    // Without memory for a reference nothing can be replayed, and decoding would fail as well.
    if (kept === null) return;
    this.#packets.push(kept);
    this.#bytes += packet.size;
    this.#hasKeyFrame ||= packet.isKeyframe;
  }

  dropLast(): void {
    const last = this.#packets.pop();
    this.#bytes -= last?.size ?? 0;
    last?.free();
  }

  /** The oldest, the caller's from now on. */
  takeFirst(): Packet | undefined {
    const first = this.#packets.shift();
    this.#bytes -= first?.size ?? 0;
    return first;
  }

  /** Lets go of all; more may be added afterwards. */
  clear(): void {
    while (this.#packets.length > 0) this.dropLast();
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
