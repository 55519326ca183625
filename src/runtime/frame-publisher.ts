import { processSeconds, type RingWriter, type WritableSlot } from '@plateau/memory';
import type { Letterbox } from '../vision/letterbox.ts';
import type { ModelInputScaler } from '../vision/video/model-input-scaler.ts';
import type { VideoFrame } from '../vision/video/video-frame.ts';
import type { Annotator } from './annotator.ts';
import type { BusyTime } from './busy-time.ts';
import type { DuePictures } from './due-pictures.ts';
import { slotField } from './thread-protocol.ts';

export interface FramePublisherParts {
  readonly writer: RingWriter;
  readonly scaler: ModelInputScaler;
  readonly due: DuePictures;
  readonly annotator: Annotator;
  readonly busy: BusyTime;
}

/**
 * Puts due pictures into the camera's ring; from there on nothing is copied any more. Only a picture that is due is
 * scaled, and one whose content cannot be trusted is passed on as such without its pixels.
 */
export class FramePublisher {
  readonly #parts: FramePublisherParts;
  #published = 0;
  /** Time broke off at a picture that was not published; the next one that is must say so. */
  #brokenOff = false;

  constructor(parts: FramePublisherParts) {
    this.#parts = parts;
  }

  /** Pictures handed to the model so far. */
  get published(): number {
    return this.#published;
  }

  /** Publishes a picture if it is due and a slot is free; the newest wins, so a missed one is no loss. */
  offer(frame: VideoFrame): void {
    this.#brokenOff ||= frame.discontinuity;
    if (this.#parts.due.take(frame.timestampSeconds)) this.#publish(frame);
  }

  /**
   * Publishes a picture if it is due, and waits for the model as long as no slot is free.
   *
   * @returns `undefined` where nothing has to be waited for: a promise would cost each picture its bytes.
   * @throws The signal's reason.
   */
  insist(frame: VideoFrame, signal: AbortSignal): Promise<void> | undefined {
    this.#brokenOff ||= frame.discontinuity;
    const { due, annotator } = this.#parts;
    if (!due.take(frame.timestampSeconds)) return undefined;
    if (!this.#publish(frame)) return this.#publishLater(frame, signal);
    return annotator.hasRoom ? undefined : annotator.waitForRoom(signal);
  }

  async #publishLater(frame: VideoFrame, signal: AbortSignal): Promise<void> {
    const { writer, annotator } = this.#parts;
    do await writer.waitForFree(signal);
    while (!this.#publish(frame));
    if (!annotator.hasRoom) await annotator.waitForRoom(signal);
  }

  #publish(frame: VideoFrame): boolean {
    const { writer, scaler, annotator, busy } = this.#parts;
    using slot = writer.acquire();
    if (slot === undefined) return false;
    const started = busy.now();
    if (frame.unknownReason === null) describePlace(slot, scaler.scaleInto(frame, slot.float32()));
    this.#published += 1;
    this.#describe(slot, frame);
    // Held before it is published: the decision may be back before this line's next.
    if (annotator.wanted) annotator.hold(this.#published, frame.clone());
    slot.publish();
    busy.since('scale', started);
    return true;
  }

  #describe(slot: WritableSlot, frame: VideoFrame): void {
    const { metadata } = slot;
    metadata[slotField.sequence] = this.#published;
    metadata[slotField.timestampSeconds] = frame.timestampSeconds;
    metadata[slotField.arrivalSeconds] = processSeconds();
    metadata[slotField.sourceWidth] = frame.width;
    metadata[slotField.sourceHeight] = frame.height;
    metadata[slotField.unknown] = frame.unknownReason === null ? 0 : 1;
    metadata[slotField.discontinuity] = this.#brokenOff ? 1 : 0;
    this.#brokenOff = false;
    metadata[slotField.wanted] = this.#parts.annotator.wanted ? 1 : 0;
  }
}

/** Whoever scales says where the picture lies: a reader needs no rule of its own. */
function describePlace({ metadata }: WritableSlot, { inputWidth, inputHeight, crop }: Letterbox): void {
  metadata[slotField.inputWidth] = inputWidth;
  metadata[slotField.inputHeight] = inputHeight;
  metadata[slotField.cropLeft] = crop.left;
  metadata[slotField.cropTop] = crop.top;
  metadata[slotField.cropWidth] = crop.width;
  metadata[slotField.cropHeight] = crop.height;
}
