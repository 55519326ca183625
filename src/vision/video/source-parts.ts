import { PlateauError } from '../../errors.ts';
import type { Interruption } from './interruption.ts';
import { OpenedStream, type StreamOptions } from './opened-stream.ts';
import { picturesOf } from './picture-folder.ts';
import type { VideoSource } from './video-source.ts';

/** What is opened one after another for one source: the pictures of a folder, or the one recording or stream. */
export class SourceParts {
  readonly source: VideoSource;
  /** After its last part the source begins again. */
  readonly loops: boolean;
  readonly options: StreamOptions;
  readonly #all: readonly VideoSource[];
  #place = 0;

  constructor(source: VideoSource, loops: boolean, options: StreamOptions) {
    this.source = source;
    this.options = options;
    this.#all = source.kind === 'folder' ? picturesOf(source) : [source];
    this.loops = loops;
  }

  get count(): number {
    return this.#all.length;
  }

  /** Nothing comes after the present part before the source begins again. */
  get isLast(): boolean {
    return this.#place + 1 === this.count;
  }

  /** Owner: the caller. @throws PlateauError with a code of the ERR_SOURCE_ family */
  open(interruption: Interruption): Promise<OpenedStream> {
    return OpenedStream.open(this.#all[this.#place] as VideoSource, interruption, this.options);
  }

  /**
   * Opens the next part, or the first again. Owner: the caller.
   *
   * @returns `undefined` for a picture of a folder that cannot be opened: the one after it may.
   */
  async openNext(interruption: Interruption): Promise<OpenedStream | undefined> {
    this.#place = (this.#place + 1) % this.count;
    try {
      return await this.open(interruption);
    } catch (error) {
      if (!(error instanceof PlateauError) || this.count === 1) throw error;
      return undefined;
    }
  }
}
