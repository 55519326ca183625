import { parse } from 'node:path';
import { PictureEncoder } from '../vision/video/picture-encoder.ts';
import type { KeptFrame } from '../vision/video/video-frame.ts';
import { VideoWriter } from '../vision/video/video-writer.ts';
import type { PolygonZone, ZoneDefinition } from '../vision/zones/polygon-zone.ts';
import { defaults } from './defaults.ts';
import { drawAnnotation } from './draw-annotation.ts';
import { drawnFor } from './drawn-zones.ts';
import { LabelExport } from './label-export.ts';
import { PendingPictures } from './pending-pictures.ts';
import type { PicturePlacement } from './picture-placement.ts';
import type { Annotation, CaptureOrder } from './thread-protocol.ts';

/**
 * Holds pictures that somebody wants to see until their decision is back, then draws zone, mask, coverage and
 * state over them: into the annotated video of a recording, or into the JPEG of a live camera.
 *
 * It lives in the capture thread, since that thread owns the pixels.
 */
export class Annotator implements AsyncDisposable {
  readonly #definitions: readonly ZoneDefinition[];
  readonly #placement: PicturePlacement;
  readonly #output: string | null;
  readonly #orderedLabels: {
    readonly folder: string;
    readonly className: string;
    readonly prefix: string;
  } | null;
  #labels: LabelExport | undefined;
  readonly #pending = new PendingPictures(defaults.ringSlots + 1);
  #encoder: PictureEncoder | undefined;
  #writer: VideoWriter | undefined;
  #zones: readonly PolygonZone[] | undefined;
  #wanted: boolean;
  #progress = Promise.withResolvers<void>();
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param order With an annotated video or labels ordered every picture is held; without, one for each `want`.
   */
  constructor(order: CaptureOrder, placement: PicturePlacement) {
    const { zones, className, capture } = order;
    const { source, output, exportLabels } = capture;
    this.#definitions = zones;
    this.#placement = placement;
    this.#output = output;
    this.#orderedLabels =
      exportLabels === null ? null : { folder: exportLabels, className, prefix: parse(source).name };
    this.#wanted = this.isOrdered;
  }

  /** Whether pictures are the task itself, rather than made for somebody who looks. */
  get isOrdered(): boolean {
    return this.#output !== null || this.#orderedLabels !== null;
  }

  /** Makes the folders of the labels that were ordered, ahead of all pictures. @throws PlateauError ERR_OUTPUT_UNWRITABLE */
  prepare(): void {
    if (this.#orderedLabels === null) return;
    const { folder, className, prefix } = this.#orderedLabels;
    this.#labels = new LabelExport(folder, className, prefix);
  }

  /** Whether the next pictures are to be held. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** What is odd about the annotated video, a sentence each. */
  get warnings(): readonly string[] {
    if (this.#writer === undefined) return [];
    const { right, bottom } = this.#writer.padding;
    if (right + bottom === 0) return [];
    return [
      `${this.#output}: padded by ${right} pixel to the right and ${bottom} below, since this video form has even sides only`,
    ];
  }

  /** Somebody looks: one JPEG of a coming picture is wanted. */
  want(): void {
    this.#wanted = true;
  }

  /** Takes over the ownership of `frame`. */
  hold(sequence: number, frame: KeptFrame): void {
    this.#pending.add(sequence, frame);
  }

  /** Whether one more picture may be held without giving up another. */
  get hasRoom(): boolean {
    return this.#pending.count <= defaults.ringSlots;
  }

  /** Resolves when one more picture may be held without giving up another. */
  async waitForRoom(signal: AbortSignal): Promise<void> {
    await this.#waitUntilPending(defaults.ringSlots, signal);
  }

  /**
   * Draws a decision over its picture.
   *
   * @returns The JPEG, where no video is written; `undefined` when the picture has been given up meanwhile.
   * @throws PlateauError ERR_OUTPUT_UNWRITABLE when the annotated video cannot be written.
   */
  annotate(annotation: Annotation): Promise<Uint8Array<ArrayBuffer> | undefined> {
    // One after the other: the video is opened with the first picture, and pictures must follow in order.
    const drawn = this.#last.then(() => this.#annotate(annotation));
    this.#last = drawn.catch(() => undefined);
    return drawn;
  }

  /** Completes the annotated video, once every held picture is drawn. */
  async finish(signal: AbortSignal): Promise<void> {
    await this.#waitUntilPending(0, signal);
    await this.#last;
    await this.#writer?.finish();
  }

  /** Ends all waiting, after a signal was aborted. */
  wake(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers<void>();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.wake();
    await this.#last;
    this.#pending[Symbol.dispose]();
    this.#encoder?.[Symbol.dispose]();
    await this.#writer?.[Symbol.asyncDispose]();
  }

  async #annotate(annotation: Annotation): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      using frame = this.#pending.take(annotation.sequence);
      if (frame === undefined) return undefined;
      this.#zones ??= drawnFor(this.#definitions, frame.width, frame.height);
      const box = this.#placement.of(frame.width, frame.height);
      const draw = drawAnnotation(annotation, this.#zones, frame, box);
      if (!this.isOrdered) return this.#encodePicture(frame, draw);
      const { event, mask } = annotation;
      if (event !== null && mask !== undefined)
        this.#labels?.add(frame, mask, box, event, this.#jpegEncoder());
      if (this.#output === null) return undefined;
      const { width, height, pixelAspect } = frame;
      this.#writer ??= await VideoWriter.open(this.#output, { width, height, pixelAspect });
      this.#writer.write(frame, frame.timestampSeconds, draw);
      return undefined;
    } finally {
      this.wake();
    }
  }

  #jpegEncoder(): PictureEncoder {
    this.#encoder ??= new PictureEncoder();
    return this.#encoder;
  }

  #encodePicture(frame: KeptFrame, draw: ReturnType<typeof drawAnnotation>): Uint8Array<ArrayBuffer> {
    this.#wanted = false;
    return this.#jpegEncoder().encodeJpeg(frame, {
      maxWidth: defaults.pictureWidth,
      squarePixels: true,
      draw,
    });
  }

  async #waitUntilPending(count: number, signal: AbortSignal): Promise<void> {
    while (this.#pending.count > count && !signal.aborted) await this.#progress.promise;
  }
}
