// First: in this thread, and before the inference thread loads the runtime.
import '../vision/yolo/no-telemetry.ts';
import {
  BusyGuard,
  collectNow,
  Doorbell,
  FrameRing,
  type LeakLevel,
  ledger,
  type MemorySample,
  ResidentPages,
  SlabPool,
} from '@plateau/memory';
import { fromErrorMessage, type PlateauError } from '../errors.ts';
import type { ModelDescription } from '../vision/yolo/model-description.ts';
import { type CameraListener, cameraOf, deliver, isCameraMessage } from './camera-listener.ts';
import { defaults } from './defaults.ts';
import { measuredClassId } from './measured-class.ts';
import { type PipelineReport, pipelineReport } from './pipeline-report.ts';
import type { CameraSettings, ModelSettings } from './settings.ts';
import {
  type Annotation,
  type CameraId,
  type FromCapture,
  type FromInference,
  slotFieldCount,
  type ThreadReport,
  type ToCapture,
  type ToInference,
} from './thread-protocol.ts';
import { Upkeep } from './upkeep.ts';
import { WorkerThread } from './worker-thread.ts';

interface PipelineCamera {
  readonly ring: FrameRing;
  readonly listener: CameraListener;
  /** Threads that have let go of the ring; it goes back to the pool when both have. */
  released: number;
}

export interface PipelineOptions {
  /** How many creation sites the threads' ledgers record; by default as in this thread. */
  readonly leakLevel?: LeakLevel;
  /** Give back the pages that only the start needed (docs/decisions/0003-resident-memory.md). True by default. */
  readonly leanStart?: boolean;
}

/** How long a start takes until every camera runs; how often resident memory is looked at meanwhile, and after which growth it is given back. */
const startMilliseconds = 5000;
const startWatchMilliseconds = 20;
const startWatchBytes = 12_000_000;
/** The same for the rest of the time. */
const runWatchMilliseconds = 30_000;
const runWatchBytes = 32_000_000;

interface PipelineParts {
  readonly settings: ModelSettings;
  readonly model: ModelDescription;
  readonly onFailure: (error: PlateauError) => void;
  readonly bell: Doorbell;
  readonly inference: WorkerThread<ToInference, FromInference>;
  readonly leakLevel: LeakLevel;
  readonly slabs: SlabPool;
  readonly upkeep: Upkeep;
  readonly pages: ResidentPages | undefined;
}

/**
 * The wiring: a capture thread, an inference thread and, between them, one ring of shared memory per camera. The
 * main thread owns the rings and hears decisions; it never touches pixels.
 */
export class Pipeline implements AsyncDisposable {
  readonly model: ModelDescription;
  readonly #settings: ModelSettings;
  readonly #slabs: SlabPool;
  readonly #bell: Doorbell;
  readonly #upkeep: Upkeep;
  readonly #pages: ResidentPages | undefined;
  /** Fires when the start is over; a pipeline that was stopped before must not begin to watch again. */
  readonly #settled: NodeJS.Timeout;
  readonly #onFailure: (error: PlateauError) => void;
  readonly #inference: WorkerThread<ToInference, FromInference>;
  readonly #capture: WorkerThread<ToCapture, FromCapture>;
  readonly #cameras = new Map<CameraId, PipelineCamera>();
  readonly #reports = new Map<number, (report: ThreadReport) => void>();
  readonly #lastReports: ThreadReport[] = [];
  #nextCamera = 0;
  #nextReport = 0;
  #hasFailed = false;
  #stopped: Promise<PipelineReport> | undefined;

  /**
   * Starts both threads and resolves when the model is loaded.
   *
   * @param onFailure Told when a thread fails later on; nothing more comes from the pipeline then.
   * @throws PlateauError when the model cannot be used.
   */
  static async start(
    model: ModelSettings,
    onFailure: (error: PlateauError) => void,
    { leakLevel = ledger.leakLevel, leanStart = true }: PipelineOptions = {},
  ): Promise<Pipeline> {
    await using undo = new AsyncDisposableStack();
    const pages = undo.use(leanStart ? await ResidentPages.find() : undefined);
    pages?.loading();
    pages?.watch(startWatchMilliseconds, startWatchBytes);
    const bell = Doorbell.create();
    const guard = BusyGuard.create();
    const slabs = new SlabPool({ ledger });
    const started = Promise.withResolvers<ModelDescription>();
    let pipeline: Pipeline | undefined;
    const inference = new WorkerThread<ToInference, FromInference>('inference-thread', {
      data: {
        model: model.file,
        names: model.names,
        device: model.device,
        threads: model.threads,
        doorbell: bell.handle,
        guard: guard.handle,
        leakLevel,
      },
      onMessage: (message) => {
        if (message.type === 'ready') started.resolve(message.model);
        else if (message.type === 'failed' && pipeline === undefined)
          started.reject(fromErrorMessage(message.error));
        else if (pipeline !== undefined) pipeline.#hear(message);
      },
      onDeath: (error) => {
        started.reject(error);
        if (pipeline !== undefined) pipeline.#onFailure(error);
      },
    });
    undo.defer(() => inference.stop({ type: 'stop' }));
    const description = await started.promise;
    pages?.loaded();
    measuredClassId(description.classes, model.className);
    const upkeep = await Upkeep.start(slabs, guard);
    pipeline = new Pipeline({
      settings: model,
      model: description,
      onFailure,
      bell,
      inference,
      leakLevel,
      slabs,
      upkeep,
      pages,
    });
    undo.move();
    return pipeline;
  }

  private constructor(parts: PipelineParts) {
    const { bell, leakLevel, onFailure } = parts;
    this.model = parts.model;
    this.#settings = parts.settings;
    this.#bell = bell;
    this.#inference = parts.inference;
    this.#slabs = parts.slabs;
    this.#upkeep = parts.upkeep;
    this.#pages = parts.pages;
    this.#settled = setTimeout(
      () => this.#pages?.watch(runWatchMilliseconds, runWatchBytes),
      startMilliseconds,
    ).unref();
    this.#onFailure = (error) => {
      // A thread that says why it failed also dies of it; one failure is one failure.
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      onFailure(error);
    };
    this.#capture = new WorkerThread<ToCapture, FromCapture>('capture-thread', {
      data: { doorbell: bell.handle, leakLevel },
      onMessage: (message) => this.#hear(message),
      onDeath: (error) => this.#onFailure(error),
    });
  }

  addCamera(camera: CameraSettings, listener: CameraListener): CameraId {
    const id = this.#nextCamera;
    this.#nextCamera += 1;
    const [inputHeight, inputWidth] = this.model.input;
    const ring = FrameRing.allocate(this.#slabs, {
      slots: defaults.ringSlots,
      slotByteLength: 3 * inputHeight * inputWidth * Float32Array.BYTES_PER_ELEMENT,
      metadataFields: slotFieldCount,
      camera: camera.name,
    });
    this.#cameras.set(id, { ring, listener, released: 0 });
    const zones = camera.zones.map(({ zone }) => zone);
    const classId = measuredClassId(this.model.classes, this.#settings.className);
    this.#tellInference({
      type: 'add-camera',
      camera: id,
      name: camera.name,
      ring: ring.handle,
      policy: camera.capture.policy,
      watch: {
        zones,
        classIds: [classId],
        confidence: this.#settings.confidence,
        iou: defaults.iou,
      },
    });
    this.#capture.post({
      type: 'add-camera',
      camera: id,
      name: camera.name,
      ring: ring.handle,
      inputWidth,
      inputHeight,
      zones,
      className: this.model.classes[classId],
      capture: camera.capture,
    });
    return id;
  }

  /** Ends a camera; its shared memory goes back to the pool once both threads have let go of it. */
  removeCamera(camera: CameraId): void {
    if (!this.#cameras.has(camera)) return;
    this.#capture.post({ type: 'remove-camera', camera });
    this.#tellInference({ type: 'remove-camera', camera });
  }

  wantPicture(camera: CameraId): void {
    this.#capture.post({ type: 'want-picture', camera });
  }

  /** Gives a picture that waits in the capture thread its drawing: for the annotated video, or for a JPEG. */
  annotate(camera: CameraId, annotation: Annotation): void {
    const words = annotation.mask?.words.buffer;
    this.#capture.post({ type: 'annotate', camera, annotation }, words === undefined ? [] : [words]);
  }

  /** Pictures on their way between the threads, in the camera that has most, and the most that can be. */
  get queue(): { readonly pictures: number; readonly bound: number } {
    let pictures = 0;
    for (const { ring } of this.#cameras.values()) {
      const { published, dropped, taken } = ring.counters;
      pictures = Math.max(pictures, published - dropped - taken);
    }
    return { pictures, bound: defaults.ringSlots };
  }

  /** Bytes that one picture needs on its way: the model's input, and what a run returns. */
  get pictureBytes(): number {
    const { input, anchors, classes, maskChannels } = this.model;
    const [height, width] = input;
    const floats =
      3 * height * width +
      anchors * (4 + classes.length + maskChannels) +
      (maskChannels * height * width) / 16;
    return floats * Float32Array.BYTES_PER_ELEMENT;
  }

  /** To be called about once a second: gives memory back where its threshold is reached, and says how much there is. */
  tick(): MemorySample {
    return this.#upkeep.tick();
  }

  /** Memory and busy time of all threads, now. @param collect Runs a full collection in each thread first. */
  async report({ collect = false } = {}): Promise<PipelineReport> {
    if (this.#stopped !== undefined) return this.#stopped;
    const ask = (post: (request: number) => void): Promise<ThreadReport> => {
      const request = this.#nextReport;
      this.#nextReport += 1;
      const answer = Promise.withResolvers<ThreadReport>();
      this.#reports.set(request, answer.resolve);
      post(request);
      return answer.promise;
    };
    const reports = await Promise.all([
      ask((request) => this.#tellInference({ type: 'report', request, collect })),
      ask((request) => this.#capture.post({ type: 'report', request, collect })),
    ]);
    if (collect) collectNow();
    return pipelineReport(reports, this.#upkeep.counters);
  }

  /** Ends both threads after the run in hand, and says what was still live then. Safe to call twice. */
  stop(): Promise<PipelineReport> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<PipelineReport> {
    // Capture first: it may wait for a slot that only a running inference frees.
    const inferenceEnds = this.#inference.stop({ type: 'stop' });
    this.#bell.ring();
    await Promise.all([this.#capture.stop({ type: 'stop' }), inferenceEnds]);
    for (const { ring } of this.#cameras.values()) ring[Symbol.dispose]();
    this.#cameras.clear();
    this.#slabs.trim();
    clearTimeout(this.#settled);
    this.#pages?.[Symbol.dispose]();
    return pipelineReport(this.#lastReports, this.#upkeep.counters);
  }

  #tellInference(message: ToInference): void {
    this.#inference.post(message);
    this.#bell.ring();
  }

  #hear(message: FromInference | FromCapture): void {
    if (isCameraMessage(message)) {
      const camera = this.#cameras.get(cameraOf(message));
      if (camera !== undefined) deliver(message, camera.listener);
      if (message.type === 'decision') this.#upkeep.frameDone();
      return;
    }
    switch (message.type) {
      case 'removed':
        this.#release(message.camera);
        break;
      case 'report':
        this.#reports.get(message.request)?.(message.report);
        this.#reports.delete(message.request);
        break;
      case 'failed':
        this.#onFailure(fromErrorMessage(message.error));
        break;
      case 'stopped':
        this.#lastReports.push(message.report);
        break;
      case 'ready':
        break;
    }
  }

  #release(id: CameraId): void {
    const camera = this.#cameras.get(id);
    if (camera === undefined) return;
    camera.released += 1;
    if (camera.released < 2) return;
    camera.ring[Symbol.dispose]();
    this.#cameras.delete(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
