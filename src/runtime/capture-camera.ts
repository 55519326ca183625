import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Doorbell, FrameRing, type RingWriter } from '@plateau/memory';
import { toErrorMessage } from '../errors.ts';
import { CameraFeed } from '../vision/video/camera-feed.ts';
import { ModelInputScaler } from '../vision/video/model-input-scaler.ts';
import { VideoCapture } from '../vision/video/video-capture.ts';
import type { VideoFrame } from '../vision/video/video-frame.ts';
import { Annotator } from './annotator.ts';
import type { BusyTime } from './busy-time.ts';
import { DuePictures } from './due-pictures.ts';
import { FramePublisher } from './frame-publisher.ts';
import { processSeconds } from './process-clock.ts';
import type { Annotation, CaptureCounters, FromCapture, ToCapture } from './thread-protocol.ts';

export interface CaptureTools {
  readonly bell: Doorbell;
  readonly busy: BusyTime;
  post(message: FromCapture, transfer?: ArrayBuffer[]): void;
}

/** Longest stretch of synchronous decoding without a look at the messages, milliseconds. */
const longestStretchMilliseconds = 40;

/** Pictures between two messages about progress. */
const progressEvery = 25;

/** One camera or recording in the capture thread: from its source to its ring. */
export class CaptureCamera implements AsyncDisposable {
  readonly #order: Extract<ToCapture, { type: 'add-camera' }>;
  readonly #tools: CaptureTools;
  readonly #ring: FrameRing;
  readonly #scaler: ModelInputScaler;
  readonly #publisher: FramePublisher;
  readonly #annotator: Annotator;
  readonly #due: DuePictures;
  readonly #writer: RingWriter;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #wantPicture: boolean;
  #counters: CaptureCounters = { decoded: 0, damaged: 0, published: 0 };
  #feed: CameraFeed | undefined;
  #outputError: unknown;

  constructor(order: Extract<ToCapture, { type: 'add-camera' }>, tools: CaptureTools) {
    const { capture } = order;
    this.#order = order;
    this.#tools = tools;
    this.#ring = FrameRing.attach(order.ring);
    this.#writer = this.#ring.writer({ overwrite: capture.policy === 'newest', doorbell: tools.bell });
    this.#scaler = new ModelInputScaler({ width: order.inputWidth, height: order.inputHeight });
    this.#publisher = new FramePublisher({ writer: this.#writer, scaler: this.#scaler, busy: tools.busy });
    this.#annotator = new Annotator(order.zones, capture.output);
    this.#due = new DuePictures(capture.stride, capture.intervalSeconds);
    this.#wantPicture = capture.output !== null;
    this.#ended = this.#live();
  }

  /** The next due picture is wanted, annotated. */
  wantPicture(): void {
    this.#wantPicture = true;
  }

  async annotate(annotation: Annotation): Promise<void> {
    try {
      const jpeg = await this.#annotator.annotate(annotation);
      if (jpeg === undefined) return;
      this.#wantPicture = false;
      this.#tools.post({ type: 'picture', camera: this.#order.camera, sequence: annotation.sequence, jpeg }, [
        jpeg.buffer,
      ]);
    } catch (error) {
      this.#outputError = error;
      this.#stop.abort();
      this.#annotator.wake();
    }
  }

  /** Runs this source to its end, and says how it ended. */
  async #live(): Promise<void> {
    const said = { truncatedAt: null as number | null };
    let failure: unknown;
    try {
      if (this.#order.capture.policy === 'every') await this.#readRecording(said);
      else await this.#watchFeed();
    } catch (error) {
      // A wait that the stop has ended is no failure.
      if (error !== this.#stop.signal.reason) failure = error;
    }
    failure = this.#outputError ?? failure;
    this.#tools.post({
      type: 'ended',
      camera: this.#order.camera,
      counters: this.#counters,
      ...said,
      error: failure === undefined ? null : toErrorMessage(failure),
    });
  }

  /** Every due picture is decided: the reader waits for the model. */
  async #readRecording(said: { truncatedAt: number | null }): Promise<void> {
    const { name, camera, capture } = this.#order;
    const { signal } = this.#stop;
    await using source = await VideoCapture.open(capture.source, {
      camera: name,
      signal,
      timeoutSeconds: capture.timeoutSeconds,
      transport: capture.transport,
      loop: capture.loop,
    });
    this.#tools.post({ type: 'opened', camera, info: source.info });
    let stretchBegan = performance.now();
    while (!signal.aborted) {
      const started = this.#tools.busy.now();
      const frame = await source.read();
      this.#tools.busy.since('decode', started);
      if (frame === undefined) break;
      this.#count(source);
      if (this.#due.take(frame.timestampSeconds)) await this.#publishWaiting(frame, signal);
      if (performance.now() - stretchBegan > longestStretchMilliseconds) {
        await nextTurn();
        stretchBegan = performance.now();
      }
    }
    this.#count(source);
    said.truncatedAt = source.truncatedAt;
    await this.#annotator.waitUntilPending(0, signal);
    await this.#annotator.finish();
  }

  async #publishWaiting(frame: VideoFrame, signal: AbortSignal): Promise<void> {
    const keep = this.#wantPicture;
    let sequence = this.#publisher.publish(frame, processSeconds(), keep);
    while (sequence === undefined && !signal.aborted) {
      await this.#writer.waitForFree(signal);
      sequence = this.#publisher.publish(frame, processSeconds(), keep);
    }
    if (keep && sequence !== undefined) {
      this.#annotator.hold(sequence, frame.clone());
      await this.#annotator.waitUntilPending(this.#ring.slots, signal);
    }
  }

  /** The newest picture wins; the feed itself reconnects for ever. */
  async #watchFeed(): Promise<void> {
    const { name, camera, capture } = this.#order;
    await using feed = new CameraFeed({
      source: capture.source,
      camera: name,
      transport: capture.transport,
      timeoutSeconds: capture.timeoutSeconds,
      stallSeconds: capture.stallSeconds,
      loop: capture.loop,
      onOpened: (info) => this.#tools.post({ type: 'opened', camera, info }),
      onState: (state, reason) => this.#tools.post({ type: 'state', camera, state, reason }),
      onFrame: (frame) => this.#publishNewest(frame),
    });
    this.#stop.signal.addEventListener('abort', () => feed.stop(), { once: true });
    this.#feed = feed;
    await feed.run();
    this.#count(feed);
  }

  #publishNewest(frame: VideoFrame): void {
    if (this.#feed !== undefined) this.#count(this.#feed);
    if (!this.#due.take(frame.timestampSeconds)) return;
    const keep = this.#wantPicture;
    const sequence = this.#publisher.publish(frame, processSeconds(), keep);
    if (keep && sequence !== undefined) this.#annotator.hold(sequence, frame.clone());
  }

  #count(source: { readonly counters: { readonly decoded: number; readonly damaged: number } }): void {
    const { decoded, damaged } = source.counters;
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
