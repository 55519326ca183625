/**
 * A chain of FFmpeg filters from one geometry of picture to another. Stateless between pictures. Owns the graph.
 */
import { UseAfterDisposeError } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { colorFilter } from './color-tags.ts';
import {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  errorText,
  type FilterContext,
  FilterGraph,
  type Frame,
} from './ffmpeg.ts';
import type { VideoFrame } from './video-frame.ts';

export class PictureFilter implements Disposable {
  readonly #graph: FilterGraph;
  readonly #entrance: FilterContext;
  readonly #exit: FilterContext;
  #disposed = false;

  /**
   * @param like A picture of the geometry that this filter is to take.
   * @param filters FFmpeg's filter syntax: `transpose=clock,scale=320:180,format=gbrpf32le`.
   * @throws PlateauError ERR_SOURCE_FORMAT where FFmpeg cannot convert this pixel format.
   */
  constructor(like: VideoFrame, filters: string) {
    this.#graph = new FilterGraph();
    this.#graph.alloc();
    // The calling thread does the work: threads of the graph's own would cost memory for each camera.
    this.#graph.nbThreads = 1;
    try {
      [this.#entrance, this.#exit] = connect(this.#graph, like, filters);
    } catch (error) {
      this.#graph.free();
      throw error;
    }
  }

  /** Filters one picture into `target`, whose former content is let go of. `source` keeps its own. */
  run(source: Frame, target: Frame): void {
    if (this.#disposed) throw new UseAfterDisposeError('a picture filter');
    target.unref();
    const sent = this.#entrance.buffersrcAddFrameSync(source, AV_BUFFERSRC_FLAG_KEEP_REF);
    const code = sent < 0 ? sent : this.#exit.buffersinkGetFrameSync(target);
    if (code < 0)
      throw new PlateauError('ERR_INTERNAL', `FFmpeg could not scale a picture: ${errorText(code)}`);
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#graph.free();
  }
}

function connect(graph: FilterGraph, like: VideoFrame, filters: string): [FilterContext, FilterContext] {
  const { width, height, format, colorRange, colorSpace } = like.native;
  // Unknown range and colours (0 and 2) are passed on as such: the scaler then assumes what players do.
  const source = `width=${width}:height=${height}:pix_fmt=${format}:time_base=1/1000:range=${colorRange}:colorspace=${colorSpace}`;
  const parsed = graph.parse2(`buffer@in=${source},${colorFilter(colorSpace)}${filters},buffersink@out`);
  const code = parsed < 0 ? parsed : graph.configSync();
  if (code < 0) throw cannotConvert(like, errorText(code));
  const entrance = graph.getFilter('buffer@in');
  const exit = graph.getFilter('buffersink@out');
  if (entrance === null || exit === null) throw cannotConvert(like, 'the filters have no ends');
  return [entrance, exit];
}

function cannotConvert(like: VideoFrame, why: string): PlateauError {
  return new PlateauError(
    'ERR_SOURCE_FORMAT',
    `pictures in the pixel format "${like.pixelFormatName}" cannot be converted (${why}): convert the video to yuv420p`,
  );
}
