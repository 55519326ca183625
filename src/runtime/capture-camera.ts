import { type Doorbell, FrameRing, type RingWriter } from '@plateau/memory';
import { toErrorMessage } from '../errors.ts';
import { CameraFeed } from '../vision/video/camera-feed.ts';
import { ModelInputScaler } from '../vision/video/model-input-scaler.ts';
import type { VideoCounters, VideoInfo } from '../vision/video/video-capture.ts';
import { Annotator } from './annotator.ts';
import type { BusyTime } from './busy-time.ts';
import { captureRecording, type RecordingEnd } from './capture-recording.ts';
import { DuePictures } from './due-pictures.ts';
import { FramePublisher } from './frame-publisher.ts';
import { PicturePlacement } from './picture-placement.ts';
import type { Annotation, CaptureCounters, CaptureOrder, FromCapture } from './thread-protocol.ts';

export interface CaptureTools {
  readonly bell: Doorbell;
  readonly busy: BusyTime;
  post(message: FromCapture, transfer?: ArrayBuffer[]): void;
}

/** Pictures between two messages about progress. */
const progressEvery = 25;

/** One camera or recording in the capture thread: from its source to its ring. */
export class CaptureCamera implements AsyncDisposable {
  readonly #order: CaptureOrder;
  readonly #tools: CaptureTools;
  readonly #writer: RingWriter;
  readonly #scaler: ModelInputScaler;
  readonly #publisher: FramePublisher;
  readonly #annotator: Annotator;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #counters: CaptureCounters = { decoded: 0, damaged: 0, published: 0 };
  #outputFailure: unknown;

  constructor(order: CaptureOrder, tools: CaptureTools) {
    const { capture } = order;
    this.#order = order;
    this.#tools = tools;
    const ring = FrameRing.attach(order.ring);
    this.#writer = ring.writer({ overwrite: capture.policy === 'newest', doorbell: tools.bell });
    const placement = new PicturePlacement(order.plan);
    const [height, width] = placement.largest;
    this.#scaler = new ModelInputScaler({ width, height, place: placement.of.bind(placement) });
    this.#annotator = new Annotator(order, placement);
    this.#publisher = new FramePublisher({
      writer: this.#writer,
      scaler: this.#scaler,
      due: new DuePictures(capture.stride, capture.intervalSeconds),
      annotator: this.#annotator,
      busy: tools.busy,
    });
    this.#ended = this.#live();
  }

  /** Somebody looks: the next due picture is wanted, annotated. */
  wantPicture(): void {
    this.#annotator.want();
  }

  async annotate(annotation: Annotation): Promise<void> {
    const { camera } = this.#order;
    try {
      const jpeg = await this.#annotator.annotate(annotation);
      if (jpeg !== undefined) this.#tools.post({ type: 'picture', camera, jpeg, error: null }, [jpeg.buffer]);
    } catch (error) {
      // A picture for people that cannot be made costs itself; an annotated video that was ordered is the task.
      if (!this.#annotator.isOrdered) {
        this.#tools.post({ type: 'picture', camera, jpeg: null, error: toErrorMessage(error) });
        return;
      }
      this.#outputFailure = error;
      this.#stop.abort();
      this.#annotator.wake();
    }
  }

  /** Runs this source to its end, and says how it ended. */
  async #live(): Promise<void> {
    const { camera, capture } = this.#order;
    let end: RecordingEnd = { truncatedAt: null, warnings: [] };
    let failure: unknown;
    try {
      if (capture.policy === 'every') end = await this.#readRecording();
      else await this.#watchFeed();
    } catch (error) {
      // A wait that the stop has ended is no failure.
      if (error !== this.#stop.signal.reason) failure = error;
    }
    failure = this.#outputFailure ?? failure;
    const error = failure === undefined ? null : toErrorMessage(failure);
    this.#tools.post({ type: 'ended', camera, counters: this.#counters, ...end, error });
  }

  async #readRecording(): Promise<RecordingEnd> {
    const { name, capture } = this.#order;
    const { signal } = this.#stop;
    const listener = {
      onOpened: (info: VideoInfo) => this.#opened(info),
      onCounters: (counters: VideoCounters) => this.#count(counters),
    };
    let end: RecordingEnd = { truncatedAt: null, warnings: [] };
    this.#annotator.prepare();
    try {
      end = await captureRecording(name, capture, this.#publisher, this.#tools.busy, listener, signal);
    } catch (error) {
      // A wait that the stop has ended: the annotated video is whole as far as it goes, as it is between two waits.
      if (error !== signal.reason) throw error;
    }
    await this.#annotator.finish(signal);
    return { ...end, warnings: [...end.warnings, ...this.#annotator.warnings] };
  }

  /** The newest picture wins; the feed itself reconnects for ever. */
  async #watchFeed(): Promise<void> {
    const { name, camera, capture } = this.#order;
    const { source, transport, decoder, timeoutSeconds, stallSeconds, loop } = capture;
    await using feed = new CameraFeed({
      source,
      camera: name,
      transport,
      decoder,
      timeoutSeconds,
      stallSeconds,
      loop,
      onOpened: (info) => this.#opened(info),
      onSoftware: (reason) => this.#tools.post({ type: 'software-decoding', camera, reason }),
      onState: (state, reason) => this.#tools.post({ type: 'state', camera, state, reason }),
      onFrame: (frame) => {
        this.#count(feed.counters);
        this.#publisher.offer(frame);
      },
    });
    this.#stop.signal.addEventListener('abort', () => feed.stop(), { once: true });
    await feed.run();
  }

  #opened(info: VideoInfo): void {
    this.#tools.post({ type: 'opened', camera: this.#order.camera, info });
  }

  #count({ decoded, damaged }: VideoCounters): void {
    this.#counters = { decoded, damaged, published: this.#publisher.published };
    if (decoded % progressEvery !== 0) return;
    this.#tools.post({ type: 'progress', camera: this.#order.camera, counters: this.#counters });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#annotator.wake();
    await this.#ended;
    await this.#annotator[Symbol.asyncDispose]();
    this.#scaler[Symbol.dispose]();
    this.#writer[Symbol.dispose]();
  }
}
