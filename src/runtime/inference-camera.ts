import type { BusyGuard, FrameRing, ReadableSlot, RingReader } from '@plateau/memory';
import { PlateauError } from '../errors.ts';
import type { Detections } from '../vision/yolo/detections.ts';
import type { ModelInput, RunResults, Yolo } from '../vision/yolo/yolo.ts';
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

type MutableDecision = { -readonly [Field in keyof Decision]: Decision[Field] };

/**
 * One camera as the inference thread sees it: its ring, and how its pictures lie there. A picture goes through `take`,
 * `start`, `decide` and `release`, plain calls on objects made once, so that it costs the JavaScript heap next to nothing.
 */
export class InferenceCamera implements Disposable {
  readonly id: CameraId;
  readonly #tools: InferenceTools;
  readonly #ring: FrameRing;
  readonly #reader: RingReader;
  readonly #policy: CaptureSettings['policy'];
  readonly #watch: CameraZones;
  readonly #measured: Float64Array;
  readonly #coverage: number[];
  readonly #decision: MutableDecision;
  #slot: ReadableSlot | undefined;
  #turn: Disposable | undefined;
  #input: ModelInput | undefined;
  #startedMilliseconds = 0;
  #disposed = false;
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
    this.id = id;
    this.#tools = tools;
    this.#policy = policy;
    this.#ring = ring;
    this.#reader = ring.reader();
    this.#watch = watch;
    this.#measured = new Float64Array(watch.zones.length);
    this.#coverage = watch.zones.map(() => 0);
    this.#decision = {
      camera: id,
      sequence: 0,
      timestampSeconds: 0,
      arrivalSeconds: 0,
      coverage: null,
      unknownReason: null,
      discontinuity: false,
      wanted: false,
      mask: undefined,
    };
  }

  /** Pictures measured, and how often the zones were drawn for them. */
  get counts(): { readonly pictures: number; readonly zonesDrawn: number } {
    return { pictures: this.#pictures, zonesDrawn: this.#zonesDrawn };
  }

  /** Takes this camera's next picture, which it holds until `release`; false where there is none. */
  take(): boolean {
    if (this.#disposed) return false;
    this.#slot = this.#policy === 'every' ? this.#reader.takeOldest() : this.#reader.takeNewest();
    return this.#slot !== undefined;
  }

  /**
   * Begins the run over the slot itself; meanwhile nobody cleans up. `undefined` where the picture's content cannot be
   * trusted: then nothing is run. @throws PlateauError ERR_ZONE_INVALID: this camera cannot be decided
   */
  start(): Promise<RunResults> | undefined {
    const { metadata, index } = this.#held();
    if (metadata[slotField.unknown] === 1) return undefined;
    const { yolo, busy, guard } = this.#tools;
    this.#pictures += 1;
    this.#input = this.#geometryOf(metadata).inputs[index];
    this.#turn = guard.enter();
    this.#startedMilliseconds = busy.now();
    return yolo.start(this.#input);
  }

  /** For a run that was rejected. @throws PlateauError ERR_INFERENCE_FAILED: no camera can be decided */
  async fail(cause: unknown): Promise<void> {
    const error = await this.#tools.yolo.failure(cause);
    // The memory's limit refused this run; the next one works, and this picture is unknown.
    if (error.code !== 'ERR_BUDGET_EXCEEDED') throw error;
    this.#decision.unknownReason = error.message;
  }

  /**
   * Decides the picture taken. The decision is the same object each time, good until `release`.
   *
   * @param results Of its run; `undefined` where there was none, or where it was refused.
   */
  decide(results: RunResults | undefined): Decision {
    const { metadata } = this.#held();
    const decision = this.#decision;
    decision.sequence = metadata[slotField.sequence];
    decision.timestampSeconds = metadata[slotField.timestampSeconds];
    decision.arrivalSeconds = metadata[slotField.arrivalSeconds];
    decision.discontinuity = metadata[slotField.discontinuity] === 1;
    decision.wanted = metadata[slotField.wanted] === 1;
    if (results !== undefined) this.#measure(results, decision);
    return decision;
  }

  /** Gives the picture's slot back, and forgets what was decided. */
  release(): void {
    this.#turn?.[Symbol.dispose]();
    this.#turn = undefined;
    this.#slot?.[Symbol.dispose]();
    this.#slot = undefined;
    this.#decision.coverage = null;
    this.#decision.unknownReason = null;
    this.#decision.mask = undefined;
  }

  /** Leaves the coverage of each zone in the decision, and where somebody looks the union of the masks. */
  #measure(results: RunResults, decision: MutableDecision): void {
    const { yolo, detections, busy } = this.#tools;
    const { union, coverage } = this.#geometry!;
    const output = yolo.finish(this.#input!, results);
    // Disposed of in `finally`: a block with `using` allocates until V8 has optimised it.
    try {
      this.#turn?.[Symbol.dispose]();
      const decoded = busy.since('inference', this.#startedMilliseconds);
      yolo.decode(output, this.#watch, detections);
      union.clear();
      for (let i = 0; i < detections.count; i += 1) {
        // Without somebody looking, only what meets a zone is worth its pixels.
        union.add(detections, i, output, decision.wanted ? undefined : coverage.region);
      }
      coverage.measure(union, this.#measured);
      busy.since('postprocess', decoded);
    } catch (error) {
      // The model knows nothing of this picture; it may of the next.
      if (!(error instanceof PlateauError) || error.code !== 'ERR_MODEL_VALUES') throw error;
      decision.unknownReason = error.message;
      return;
    } finally {
      output[Symbol.dispose]();
    }
    for (let zone = 0; zone < this.#measured.length; zone += 1) this.#coverage[zone] = this.#measured[zone];
    decision.coverage = this.#coverage;
    if (decision.wanted) decision.mask = union.copy();
  }

  #held(): ReadableSlot {
    if (this.#slot === undefined) throw new TypeError('InferenceCamera holds no picture: take one first');
    return this.#slot;
  }

  /** Where a picture lies and what that needs; made anew, and told, when the source has changed its size. */
  #geometryOf(metadata: Float64Array): SourceGeometry {
    if (this.#geometry?.holds(metadata)) return this.#geometry;
    const { sourceWidth, sourceHeight } = slotField;
    this.#zones ??= drawnFor(this.#watch.zones, metadata[sourceWidth], metadata[sourceHeight]);
    this.#geometry = new SourceGeometry(this.#tools.yolo, this.#ring, this.#zones, metadata);
    this.#zonesDrawn += 1;
    this.#tools.post({ type: 'geometry', camera: this.id, ...this.#geometry.note });
    return this.#geometry;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.release();
    this.#reader[Symbol.dispose]();
  }
}
