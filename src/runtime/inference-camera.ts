import type { FrameRing, ReadableSlot, RingReader } from '@plateau/memory';
import { letterbox } from '../vision/letterbox.ts';
import type { Detections } from '../vision/yolo/detections.ts';
import type { MaskBits } from '../vision/yolo/mask-bits.ts';
import type { UnionMask } from '../vision/yolo/union-mask.ts';
import type { ModelInput, Yolo } from '../vision/yolo/yolo.ts';
import { PolygonZone } from '../vision/zones/polygon-zone.ts';
import { ZoneCoverage } from '../vision/zones/zone-coverage.ts';
import type { BusyTime } from './busy-time.ts';
import {
  type CameraId,
  type CameraZones,
  type CaptureSettings,
  type Decision,
  slotField,
} from './thread-protocol.ts';

/** What all cameras of an inference thread share: made once, used by one picture at a time. */
export interface InferenceTools {
  readonly yolo: Yolo;
  readonly detections: Detections;
  readonly union: UnionMask;
  readonly busy: BusyTime;
}

/** One camera as the inference thread sees it: its ring, a tensor over each slot, and its zones. */
export class InferenceCamera implements Disposable {
  readonly #id: CameraId;
  readonly #tools: InferenceTools;
  readonly #reader: RingReader;
  readonly #policy: CaptureSettings['policy'];
  readonly #inputs: readonly ModelInput[];
  readonly #watch: CameraZones;
  readonly #zones: readonly PolygonZone[];
  readonly #coverage: Float64Array;
  readonly #geometry = { width: 0, height: 0, measure: undefined as ZoneCoverage | undefined };

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
    this.#reader = ring.reader();
    this.#watch = watch;
    const [height, width] = tools.yolo.model.input;
    const floats = 3 * height * width;
    this.#inputs = Array.from({ length: ring.slots }, (_, index) => {
      const bytes = ring.slotBytes(index);
      return tools.yolo.bindInput(new Float32Array(bytes.buffer, bytes.byteOffset, floats));
    });
    this.#zones = watch.zones.map((zone) => new PolygonZone(zone));
    this.#coverage = new Float64Array(this.#zones.length);
  }

  /** Decides the next picture of this camera; `undefined` when there is none. */
  async decideNext(): Promise<Decision | undefined> {
    using slot = this.#policy === 'every' ? this.#reader.takeOldest() : this.#reader.takeNewest();
    if (slot === undefined) return undefined;
    const { metadata } = slot;
    const unknown = metadata[slotField.unknown] === 1;
    const mask = unknown ? undefined : await this.#measure(slot);
    return {
      camera: this.#id,
      sequence: metadata[slotField.sequence],
      timestampSeconds: metadata[slotField.timestampSeconds],
      arrivalSeconds: metadata[slotField.arrivalSeconds],
      coverage: unknown ? null : Array.from(this.#coverage),
      mask,
    };
  }

  /** Runs the model over the slot itself and leaves the coverage of each zone in `#coverage`. */
  async #measure(slot: ReadableSlot): Promise<MaskBits | undefined> {
    const { yolo, detections, union, busy } = this.#tools;
    const { metadata } = slot;
    const coverage = this.#coverageFor(metadata[slotField.sourceWidth], metadata[slotField.sourceHeight]);
    const started = busy.now();
    using output = await yolo.run(this.#inputs[slot.index]);
    const decoded = busy.since('inference', started);
    yolo.decode(output, this.#watch, detections);
    union.clear();
    const wantMask = metadata[slotField.wantMask] === 1;
    for (let i = 0; i < detections.count; i += 1) {
      // Without somebody looking, only what meets a zone is worth its pixels.
      union.add(detections, i, output, wantMask ? undefined : coverage.region);
    }
    coverage.measure(union, this.#coverage);
    busy.since('postprocess', decoded);
    return wantMask ? union.copy() : undefined;
  }

  /** Zone rasters belong to a geometry; they are drawn again only when the source changes its size. */
  #coverageFor(width: number, height: number): ZoneCoverage {
    const geometry = this.#geometry;
    if (geometry.measure === undefined || geometry.width !== width || geometry.height !== height) {
      const [inputHeight, inputWidth] = this.#tools.yolo.model.input;
      geometry.measure = new ZoneCoverage({
        zones: this.#zones,
        letterbox: letterbox(width, height, inputWidth, inputHeight),
      });
      geometry.width = width;
      geometry.height = height;
    }
    return geometry.measure;
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }
}
