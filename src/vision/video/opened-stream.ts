/**
 * One opened source with the decoder of its pictures, and what is known of their times and of whether they can be
 * trusted. A folder opens one for each picture, a loop one for each round.
 */
import { Container } from './container.ts';
import type { DecoderOpener } from './decoder-opener.ts';
import {
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_FRAME_FLAG_CORRUPT,
  AV_FRAME_FLAG_KEY,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  type Frame,
  type Packet,
} from './ffmpeg.ts';
import { H264References } from './h264-references.ts';
import type { Interruption } from './interruption.ts';
import type { Decoder, DecodingEffort } from './picture-decoder.ts';
import { PictureTrust } from './picture-trust.ts';
import { type Rotation, rotationOfMatrix } from './rotation.ts';
import { SourceTimes } from './source-times.ts';
import type { Transport } from './stream-connection.ts';
import type { VideoCounters } from './video-counters.ts';
import type { FrameFacts } from './video-frame.ts';
import type { VideoSource } from './video-source.ts';

export interface StreamOptions {
  readonly transport: Transport;
  readonly timeoutSeconds: number;
  readonly decoderThreads: number;
  /** Opens the decoder; borrowed. */
  readonly decoders: DecoderOpener;
}

export class OpenedStream implements AsyncDisposable {
  readonly container: Container;
  readonly decoder: Decoder;
  readonly times: SourceTimes;
  /** How the stored pictures are turned, unless a picture says otherwise. */
  readonly rotation: Rotation;
  readonly #trust: PictureTrust;
  readonly #references: H264References | undefined;

  private constructor(container: Container, options: StreamOptions) {
    const { stream, source } = container;
    this.container = container;
    this.decoder = options.decoders.open(stream, source.label, options.decoderThreads, (isKey, pts) =>
      this.#trust.refused(isKey, timeOf(pts)),
    );
    this.times = new SourceTimes(stream, container.promisedLength, container.promisedTicks);
    this.#trust = new PictureTrust({ showsRefused: this.decoder.codecName === 'hevc' });
    this.rotation = rotationOfMatrix(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
    if (this.decoder.codecName === 'h264') this.#references = new H264References(stream.codecpar.extradata);
  }

  /** @throws PlateauError as `Container.open` and `DecoderOpener` tell; the interruption's reason. */
  static async open(
    source: VideoSource,
    interruption: Interruption,
    options: StreamOptions,
  ): Promise<OpenedStream> {
    const container = await Container.open(source, interruption, options);
    try {
      return new OpenedStream(container, options);
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** No more packets come: the decoder gives out its last pictures, and then its end. */
  drain(): void {
    this.decoder.send(null);
  }

  /**
   * Hands a packet to the decoder, if it is one of pictures. @param wanted The effort to change to, as soon as may be.
   * @returns true where it was.
   */
  take(packet: Packet, wanted: DecodingEffort, counters: VideoCounters): boolean {
    this.times.noteAny(packet);
    if (packet.streamIndex !== this.container.streamIndex) return false;
    const isKey = packet.isKeyframe;
    counters.bytes += packet.size;
    this.#trust.packet(isKey);
    this.#followReferences(packet, this.times.note(packet), counters);
    // Until the next key frame what comes would refer to pictures that were skipped.
    const { effort } = this.decoder;
    if (wanted !== effort && (isKey || effort !== 'key-only')) this.decoder.effort = wanted;
    if (this.decoder.send(packet) < 0) {
      counters.damaged += 1;
      this.#trust.refused(isKey, timeOf(packet.pts));
    }
    return true;
  }

  /** Enters into `facts` what a picture that came out of the decoder says of itself, time aside. */
  describe(picture: Frame, facts: FrameFacts, counters: VideoCounters): void {
    const { flags, decodeErrorFlags } = picture;
    const isKey = (flags & AV_FRAME_FLAG_KEY) !== 0;
    const refused = this.#trust.wasRefused(isKey, timeOf(picture.pts));
    const flagged = (flags & AV_FRAME_FLAG_CORRUPT) !== 0 || decodeErrorFlags !== 0;
    facts.damaged = refused || flagged;
    facts.unknownReason = this.#trust.picture(isKey, facts.damaged);
    if (isKey) {
      const own = picture.getSideData(AV_FRAME_DATA_DISPLAYMATRIX);
      facts.rotation = own === null ? this.rotation : rotationOfMatrix(own);
    }
    counters.decoded += 1;
    // A refused packet was counted already.
    if (flagged) counters.damaged += 1;
    if (facts.unknownReason !== null) counters.unknown += 1;
  }

  #followReferences(packet: Packet, decodingSeconds: number | undefined, counters: VideoCounters): void {
    const data = this.#references === undefined ? null : packet.data;
    if (data === null) return;
    const verdict = this.#references?.follow(data, decodingSeconds);
    if (verdict === 'found') this.#trust.gapClosed();
    if (verdict !== 'lost') return;
    counters.damaged += 1;
    this.#trust.gap();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.decoder[Symbol.dispose]();
    await this.container[Symbol.asyncDispose]();
  }
}

function timeOf(ticks: bigint): bigint | undefined {
  return ticks === AV_NOPTS_VALUE ? undefined : ticks;
}
