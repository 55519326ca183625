/** Takes packets from a container to its decoder, until the decoder has got one. */
import { AVERROR_EOF, Packet, posix } from './ffmpeg.ts';
import type { OpenedStream } from './opened-stream.ts';
import type { DecodingEffort } from './picture-decoder.ts';
import { lossFault, silenceFault } from './source-fault.ts';
import type { VideoCounters } from './video-counters.ts';

/** Errors of the reader in a row after which a recording is at its end. */
const readErrorLimit = 32;

export interface PacketFeedOptions {
  /** A live source that cannot be read is lost; a recording may have pictures after the damage. */
  readonly live: boolean;
  readonly timeoutSeconds: number;
  /** Borrowed; what is damaged is counted there. */
  readonly counters: VideoCounters;
}

/** Owns the packet on its way; disposal frees it. */
export class PacketFeed implements Disposable {
  /** Takes effect at once, or at the next key frame where what comes until then would refer to skipped pictures. */
  effort: DecodingEffort = 'all';
  readonly #options: PacketFeedOptions;
  readonly #packet = new Packet();
  #readErrors = 0;

  constructor(options: PacketFeedOptions) {
    this.#options = options;
    this.#packet.alloc();
  }

  /**
   * Reads packets until one of pictures was handed to the decoder. Nothing to wait for: `undefined`.
   *
   * @throws PlateauError ERR_SOURCE_STALLED, ERR_SOURCE_LOST
   */
  feed(stream: OpenedStream): Promise<void> | undefined {
    for (;;) {
      const code = stream.container.read(this.#packet);
      if (typeof code !== 'number') return this.#feedLater(stream, code);
      if (this.#take(stream, code)) return undefined;
    }
  }

  async #feedLater(stream: OpenedStream, first: Promise<number | 'timeout'>): Promise<void> {
    const { container } = stream;
    for (let pending = first; ; pending = container.read(this.#packet) as Promise<number | 'timeout'>) {
      const code = await pending;
      if (code === 'timeout') throw silenceFault(container.source, this.#options.timeoutSeconds, 'read');
      if (this.#take(stream, code)) return;
    }
  }

  /** @returns true once the decoder got something. */
  #take(stream: OpenedStream, code: number): boolean {
    if (code < 0) return this.#takeReadError(stream, code);
    this.#readErrors = 0;
    try {
      return stream.take(this.#packet, this.effort, this.#options.counters);
    } finally {
      this.#packet.unref();
    }
  }

  #takeReadError(stream: OpenedStream, code: number): boolean {
    if (code === posix.again) return false;
    if (this.#options.live) throw lossFault(stream.container.source, code);
    this.#readErrors += 1;
    if (code !== AVERROR_EOF && this.#readErrors < readErrorLimit) return false;
    stream.drain();
    return true;
  }

  [Symbol.dispose](): void {
    this.#packet.free();
  }
}
