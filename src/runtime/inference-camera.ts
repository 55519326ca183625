import type { BusyGuard, FrameRing, ReadableSlot, RingReader } from '@plateau/memory';
import { PlateauError } from '../errors.ts';
import type { Detections } from '../vision/yolo/detections.ts';
import type { MaskBits } from '../vision/yolo/mask-bits.ts';
import type { ModelInput, Yolo } from '../vision/yolo/yolo.ts';
import type { YoloOutput } from '../vision/yolo/yolo-output.ts';
import type { PolygonZone } from '../vision/zones/polygon-zone.ts';
import type { BusyTime } from './busy-time.ts';
import { drawnFor } from './drawn-zones.ts';
import { SourceGeometry } from './source-geometry.ts';
import {
  type CameraId,
  type CameraZones,
  type CaptureSettings,
  type Decision,
  type FromInference,
  slotField,
} from './thread-protocol.ts';

/** What all cameras of an inference thread share: made once, used by one picture at a time. */
export interface InferenceTools {
  readonly yolo: Yolo;
  readonly detections: Detections;
  readonly busy: BusyTime;
  /** Entered for each run, so that upkeep stays out of its way. */
  readonly guard: BusyGuard;
  post(message: FromInference): void;
}

/** One camera as the inference thread sees it: its ring, and how its pictures lie there. */
export class InferenceCamera implements Disposable {
  readonly #id: CameraId;
  readonly #tools: InferenceTools;
  readonly #ring: FrameRing;
  readonly #reader: RingReader;
  readonly #policy: CaptureSettings['policy'];
  readonly #watch: CameraZones;
  readonly #coverage: Float64Array;
  #zones: readonly PolygonZone[] | undefined;
  #geometry: SourceGeometry | undefined;
  #pictures = 0;
  #zonesDrawn = 0;

  constructor(
    id: CameraId,
    ring: FrameRing,
    policy: CaptureSettings['policy'],
    watch: CameraZones,
    tools: InferenceTools,
  ) {
    this.#id = id;
    this.#tools = tools;
    this.#policy = policy;
    this.#ring = ring;
    this.#reader = ring.reader();
    this.#watch = watch;
    this.#coverage = new Float64Array(watch.zones.length);
  }

  /** Pictures measured, and how often the zones were drawn for them. */
  get counts(): { readonly pictures: number; readonly zonesDrawn: number } {
    return { pictures: this.#pictures, zonesDrawn: this.#zonesDrawn };
  }

  /**
   * Decides the next picture of this camera; `undefined` when there is none.
   *
   * @throws PlateauError ERR_ZONE_INVALID: this camera cannot be decided; ERR_INFERENCE_FAILED: no camera can.
   */
  async decideNext(): Promise<Decision | undefined> {
    using slot = this.#policy === 'every' ? this.#reader.takeOldest() : this.#reader.takeNewest();
    if (slot === undefined) return undefined;
    const { metadata } = slot;
    const unknown = metadata[slotField.unknown] === 1;
    let mask: MaskBits | undefined;
    let unknownReason: string | null = null;
    if (!unknown) {
      try {
        mask = await this.#measure(slot);
      } catch (error) {
        // The memory's limit refused this run; the next one works, and this picture is unknown.
        if (!(error instanceof PlateauError) || error.code !== 'ERR_BUDGET_EXCEEDED') throw error;
        unknownReason = error.message;
      }
    }
    return {
      camera: this.#id,
      sequence: metadata[slotField.sequence],
      timestampSeconds: metadata[slotField.timestampSeconds],
      arrivalSeconds: metadata[slotField.arrivalSeconds],
      coverage: unknown || unknownReason !== null ? null : Array.from(this.#coverage),
      unknownReason,
      discontinuity: metadata[slotField.discontinuity] === 1,
      wanted: metadata[slotField.wanted] === 1,
      mask,
    };
  }

  /** Runs the model over the slot itself and leaves the coverage of each zone in `#coverage`. */
  async #measure(slot: ReadableSlot): Promise<MaskBits | undefined> {
    const { yolo, detections, busy } = this.#tools;
    this.#pictures += 1;
    const { metadata } = slot;
    const { inputs, union, coverage } = this.#geometryOf(metadata);
    const started = busy.now();
    using output = await this.#run(inputs[slot.index]);
    const decoded = busy.since('inference', started);
    yolo.decode(output, this.#watch, detections);
    union.clear();
    const wanted = metadata[slotField.wanted] === 1;
    for (let i = 0; i < detections.count; i += 1) {
      // Without somebody looking, only what meets a zone is worth its pixels.
      union.add(detections, i, output, wanted ? undefined : coverage.region);
    }
    coverage.measure(union, this.#coverage);
    busy.since('postprocess', decoded);
    return wanted ? union.copy() : undefined;
  }

  /** Where a picture lies and what that needs; made anew, and told, when the source has changed its size. */
  #geometryOf(metadata: Float64Array): SourceGeometry {
    if (this.#geometry?.holds(metadata)) return this.#geometry;
    const { sourceWidth, sourceHeight } = slotField;
    this.#zones ??= drawnFor(this.#watch.zones, metadata[sourceWidth], metadata[sourceHeight]);
    this.#geometry = new SourceGeometry(this.#tools.yolo, this.#ring, this.#zones, metadata);
    this.#zonesDrawn += 1;
    this.#tools.post({ type: 'geometry', camera: this.#id, ...this.#geometry.note });
    return this.#geometry;
  }

  /** One run; meanwhile nobody cleans up. */
  async #run(input: ModelInput): Promise<YoloOutput> {
    using _busy = this.#tools.guard.enter();
    return await this.#tools.yolo.run(input);
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }
}
