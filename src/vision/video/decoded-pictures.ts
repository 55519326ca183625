import { AVERROR_EOF, type Frame, posix } from './ffmpeg.ts';
import type { Interruption } from './interruption.ts';
import type { OpenedStream } from './opened-stream.ts';
import { PacketFeed } from './packet-feed.ts';
import type { DecodingEffort } from './picture-decoder.ts';
import type { SourceParts } from './source-parts.ts';
import type { VideoCounters } from './video-counters.ts';

/**
 * A source's decoded pictures, one after another, over damaged packets and from each picture of a folder to the next.
 * Packets are sent and frames received by hand, so that a damaged packet costs its picture and not the stream.
 * Owner: the capture; owns the stream that it reads.
 */
export class DecodedPictures implements AsyncDisposable {
  readonly #parts: SourceParts;
  readonly #interruption: Interruption;
  readonly #counters: VideoCounters;
  readonly #feed: PacketFeed;
  #stream: OpenedStream;

  /** @param live A live source that cannot be read is lost; a recording may have pictures after the damage. */
  constructor(
    parts: SourceParts,
    first: OpenedStream,
    interruption: Interruption,
    counters: VideoCounters,
    live: boolean,
  ) {
    this.#parts = parts;
    this.#stream = first;
    this.#interruption = interruption;
    this.#counters = counters;
    this.#feed = new PacketFeed({ live, timeoutSeconds: parts.options.timeoutSeconds, counters });
  }

  /** What is read at present. */
  get stream(): OpenedStream {
    return this.#stream;
  }

  get effort(): DecodingEffort {
    return this.#feed.effort;
  }

  /** Takes effect at once, or at the next key frame where what comes until then would refer to skipped pictures. */
  set effort(effort: DecodingEffort) {
    this.#feed.effort = effort;
  }

  /**
   * Puts the next picture `into` the frame. A promise is to be waited for before it is asked again; `end` comes for a source
   * that loops as well, and `goOn` begins it again.
   * @throws PlateauError ERR_SOURCE_STALLED, ERR_SOURCE_LOST, or what opening a picture of a folder throws; the reason of an interruption
   */
  receive(into: Frame): 'picture' | 'end' | Promise<void> {
    for (;;) {
      const code = this.#stream.decoder.receive(into);
      if (code === 0) return 'picture';
      let wait: Promise<void> | undefined;
      if (code === posix.again) wait = this.#feed.feed(this.#stream);
      else if (code !== AVERROR_EOF) this.#counters.damaged += 1;
      else if (this.#parts.isLast) return 'end';
      else wait = this.goOn();
      if (wait !== undefined) return wait;
    }
  }

  /** Goes on with the next picture of a folder that can be opened, or from the start where nothing follows. @throws as `receive` */
  async goOn(): Promise<void> {
    const next = await this.#parts.openNext(this.#interruption);
    if (next === undefined) {
      // The emptied decoder answers with its end again, which leads to the part after this one.
      this.#counters.damaged += 1;
      return;
    }
    const last = this.#stream;
    this.#stream = next;
    await last[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#feed[Symbol.dispose]();
    await this.#stream[Symbol.asyncDispose]();
  }
}
