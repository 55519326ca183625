/** Part of pipeline-cost: FFmpeg's decoding and scaling alone, on the filter that the line uses. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AVERROR_EOF } from 'node-av/constants';
import { Codec, CodecContext, FilterGraph, FormatContext, Frame, Packet } from 'node-av/lib';
import { letterbox } from '../../src/vision/letterbox.ts';
import { SlicedPart } from './sliced-part.ts';

const [clip, size, enoughFrames] = process.argv.slice(2);
const part = new SlicedPart(Number(enoughFrames));
const packet = new Packet();
const frame = new Frame();
const scaled = new Frame();
for (const item of [packet, frame, scaled]) item.alloc();

function filterFor(picture: Frame): { run(): void; free(): void } {
  const { width, height, format, colorRange, colorSpace } = picture;
  const box = letterbox(width, height, Number(size), Number(size));
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const source = `width=${width}:height=${height}:pix_fmt=${format}:time_base=1/1000:range=${colorRange}:colorspace=${colorSpace}`;
  const scale = `scale=${box.scaledWidth}:${box.scaledHeight}:flags=fast_bilinear,format=gbrpf32le`;
  graph.parse2(`buffer@in=${source},${scale},buffersink@out`);
  graph.configSync();
  const entrance = graph.getFilter('buffer@in')!;
  const exit = graph.getFilter('buffersink@out')!;
  return {
    run: () => {
      entrance.buffersrcAddFrameSync(picture);
      exit.buffersinkGetFrameSync(scaled);
      scaled.unref();
    },
    free: () => graph.free(),
  };
}

async function once(): Promise<void> {
  const container = new FormatContext();
  if (container.openInputSync(clip) < 0) throw new Error(`${clip} cannot be opened`);
  container.findStreamInfoSync(null);
  const stream = container.streams[0];
  const codec = Codec.findDecoder(stream.codecpar.codecId)!;
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.threadCount = 1;
  decoder.open2Sync(codec);
  let filter: ReturnType<typeof filterFor> | undefined;
  for (;;) {
    const got = decoder.receiveFrameSync(frame);
    if (got === AVERROR_EOF) break;
    if (got === 0) {
      filter ??= filterFor(frame);
      filter.run();
      frame.unref();
      part.frameDone();
      continue;
    }
    const read = container.readFrameSync(packet);
    decoder.sendPacketSync(read < 0 ? null : packet);
    packet.unref();
    // A turn of the event loop, so that the word to finish is heard.
    await nextTurn();
  }
  filter?.free();
  decoder.freeContext();
  container.closeInputSync();
}

for (;;) await once();
