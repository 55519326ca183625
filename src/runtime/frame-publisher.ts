import type { RingWriter, WritableSlot } from '@plateau/memory';
import type { ModelInputScaler } from '../vision/video/model-input-scaler.ts';
import type { VideoFrame } from '../vision/video/video-frame.ts';
import type { BusyTime } from './busy-time.ts';
import { slotField } from './thread-protocol.ts';

export interface FramePublisherParts {
  readonly writer: RingWriter;
  readonly scaler: ModelInputScaler;
  readonly busy: BusyTime;
}

/** Puts due pictures into the camera's ring: the only copy that a picture ever sees. */
export class FramePublisher {
  readonly #parts: FramePublisherParts;
  #published = 0;

  constructor(parts: FramePublisherParts) {
    this.#parts = parts;
  }

  /** Pictures handed to the model so far. */
  get published(): number {
    return this.#published;
  }

  /**
   * Scales a picture into a free slot and makes it visible to the model.
   *
   * @returns The picture's sequence number; `undefined` while no slot is free.
   */
  publish(frame: VideoFrame, arrivalSeconds: number, wantMask: boolean): number | undefined {
    const { writer, scaler, busy } = this.#parts;
    using slot = writer.acquire();
    if (slot === undefined) return undefined;
    const started = busy.now();
    const unknown = frame.unknownReason !== null;
    if (!unknown) scaler.scaleInto(frame, slot.float32());
    this.#describe(slot, frame, arrivalSeconds, wantMask && !unknown);
    slot.publish();
    this.#published += 1;
    busy.since('scale', started);
    return this.#published;
  }

  #describe(slot: WritableSlot, frame: VideoFrame, arrivalSeconds: number, wantMask: boolean): void {
    const { metadata } = slot;
    metadata[slotField.timestampSeconds] = frame.timestampSeconds;
    metadata[slotField.arrivalSeconds] = arrivalSeconds;
    metadata[slotField.sourceWidth] = frame.width;
    metadata[slotField.sourceHeight] = frame.height;
    metadata[slotField.unknown] = frame.unknownReason === null ? 0 : 1;
    metadata[slotField.wantMask] = wantMask ? 1 : 0;
    metadata[slotField.sequence] = this.#published + 1;
  }
}
