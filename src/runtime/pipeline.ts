// First: in this thread, and before the inference thread loads the runtime.
import '../vision/yolo/no-telemetry.ts';
import {
  BusyGuard,
  collectNow,
  Doorbell,
  type LeakLevel,
  ledger,
  type MemoryMetricsSources,
  type MemorySample,
} from '@plateau/memory';
import { fromErrorMessage, PlateauError } from '../errors.ts';
import type { ModelDescription } from '../vision/yolo/model-description.ts';
import type { BudgetsStatus } from './camera-budgets.ts';
import { type CameraListener, cameraOf, deliver, isCameraMessage } from './camera-listener.ts';
import { cameraMessages } from './camera-messages.ts';
import { defaults } from './defaults.ts';
import { LeanStart } from './lean-start.ts';
import { measuredClassId } from './measured-class.ts';
import { PipelineCameras } from './pipeline-cameras.ts';
import type { PipelineReport } from './pipeline-report.ts';
import { ReportCollector } from './report-collector.ts';
import type { CameraSettings, ModelSettings } from './settings.ts';
import type {
  Annotation,
  CameraId,
  FromCapture,
  FromInference,
  SourceInfo,
  ToCapture,
  ToInference,
} from './thread-protocol.ts';
import { Upkeep } from './upkeep.ts';
import { WorkerThread } from './worker-thread.ts';

export interface PipelineOptions {
  /** How many creation sites the threads' ledgers record; by default as in this thread. */
  readonly leakLevel?: LeakLevel;
  /** The most that all cameras may hold together; by default there is no limit. */
  readonly budgetBytes?: number | undefined;
  /** Give back the pages that only the start needed (docs/decisions/0003-resident-memory.md). True by default. */
  readonly leanStart?: boolean;
}

interface PipelineParts {
  readonly settings: ModelSettings;
  readonly model: ModelDescription;
  readonly onFailure: (error: PlateauError) => void;
  readonly bell: Doorbell;
  readonly inference: WorkerThread<ToInference, FromInference>;
  readonly leakLevel: LeakLevel;
  readonly cameras: PipelineCameras;
  readonly upkeep: Upkeep;
  readonly leanStart: LeanStart;
}

/**
 * The wiring: a capture thread, an inference thread and, between them, one ring of shared memory per camera. The
 * main thread owns the rings and hears decisions; it never touches pixels.
 */
export class Pipeline implements AsyncDisposable {
  readonly model: ModelDescription;
  readonly #settings: ModelSettings;
  readonly #cameras: PipelineCameras;
  readonly #bell: Doorbell;
  readonly #upkeep: Upkeep;
  readonly #leanStart: LeanStart;
  readonly #onFailure: (error: PlateauError) => void;
  readonly #inference: WorkerThread<ToInference, FromInference>;
  readonly #capture: WorkerThread<ToCapture, FromCapture>;
  readonly #reports: ReportCollector;
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
    { leakLevel = ledger.leakLevel, leanStart = true, budgetBytes }: PipelineOptions = {},
  ): Promise<Pipeline> {
    await using undo = new AsyncDisposableStack();
    const lean = undo.use(await LeanStart.begin(leanStart));
    const bell = Doorbell.create();
    const guard = BusyGuard.create();
    const started = Promise.withResolvers<ModelDescription>();
    let pipeline: Pipeline | undefined;
    const cameras = new PipelineCameras(budgetBytes);
    const inference = new WorkerThread<ToInference, FromInference>('inference-thread', {
      data: {
        model: model.file,
        names: model.names,
        device: model.device,
        threads: model.threads,
        memoryLimitBytes: model.memoryLimitBytes,
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
    lean.loaded();
    measuredClassId(description.classes, model.className);
    const upkeep = await Upkeep.start(cameras.slabs, guard);
    pipeline = new Pipeline({
      settings: model,
      model: description,
      onFailure,
      bell,
      inference,
      leakLevel,
      cameras,
      upkeep,
      leanStart: lean,
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
    this.#cameras = parts.cameras;
    this.#upkeep = parts.upkeep;
    this.#leanStart = parts.leanStart;
    this.#reports = new ReportCollector(parts.upkeep);
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

  /** @throws PlateauError ERR_BUDGET_EXCEEDED, and then nothing was allocated. */
  addCamera(camera: CameraSettings, listener: CameraListener): CameraId {
    const { id, ring } = this.#cameras.add(camera, this.model.input, listener);
    const { toInference, toCapture } = cameraMessages(id, camera, ring, this.model, this.#settings);
    this.#tellInference(toInference);
    this.#capture.post(toCapture);
    return id;
  }

  /** Ends a camera; its shared memory goes back to the pool once both threads have let go of it. */
  removeCamera(camera: CameraId): void {
    if (this.#cameras.listenerOf(camera) === undefined) return;
    this.#capture.post({ type: 'remove-camera', camera });
    this.#tellInference({ type: 'remove-camera', camera });
  }

  /** Asks for an annotated picture. @returns False where the memory budget has no room for one. */
  wantPicture(camera: CameraId): boolean {
    if (!this.#cameras.budgets.wantPicture(camera)) return false;
    this.#capture.post({ type: 'want-picture', camera });
    return true;
  }

  /** Gives a picture that waits in the capture thread its drawing: for the annotated video, or for a JPEG. */
  annotate(camera: CameraId, annotation: Annotation): void {
    const words = annotation.mask?.words.buffer;
    this.#capture.post({ type: 'annotate', camera, annotation }, words === undefined ? [] : [words]);
  }

  /** Pictures on their way between the threads, in the camera that has most, and the most that can be. */
  get queue(): { readonly pictures: number; readonly bound: number } {
    return { pictures: this.#cameras.queuedPictures, bound: defaults.ringSlots };
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

  /** What budgets allow, and what is used of them. */
  get budgets(): BudgetsStatus {
    return this.#cameras.budgets.status;
  }

  /** All that `memoryMetrics` tells. */
  async memorySources(): Promise<MemoryMetricsSources> {
    const { ledger } = await this.report();
    const { slabs, budgets, ringCounters: rings } = this.#cameras;
    const sample = this.#upkeep.sample();
    return { sample, ledger, slabs: slabs.counters, rings, budget: budgets.whole };
  }

  /** Memory and busy time of all threads, now. @param collect Runs a full collection in each thread first. */
  async report({ collect = false } = {}): Promise<PipelineReport> {
    if (this.#stopped !== undefined) return this.#stopped;
    return this.#reports.collect(
      [
        (request) => this.#tellInference({ type: 'report', request, collect }),
        (request) => this.#capture.post({ type: 'report', request, collect }),
      ],
      collect ? collectNow : undefined,
    );
  }

  /** Ends both threads after the run in hand, and says what was still live then. Safe to call twice. */
  stop(): Promise<PipelineReport> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<PipelineReport> {
    // Ahead of the threads, whose end may unload what they had loaded.
    this.#leanStart[Symbol.dispose]();
    // Capture first: it may wait for a slot that only a running inference frees.
    const inferenceEnds = this.#inference.stop({ type: 'stop' });
    this.#bell.ring();
    await Promise.all([this.#capture.stop({ type: 'stop' }), inferenceEnds]);
    this.#cameras.end();
    return this.#reports.end();
  }

  #tellInference(message: ToInference): void {
    this.#inference.post(message);
    this.#bell.ring();
  }

  #hear(message: FromInference | FromCapture): void {
    if (isCameraMessage(message)) {
      const id = cameraOf(message);
      const listener = this.#cameras.listenerOf(id);
      if (listener !== undefined) deliver(message, listener);
      if (message.type === 'decision') {
        this.#upkeep.frameDone();
        this.#leanStart.decided(this.#cameras.count);
      } else if (message.type === 'picture') this.#cameras.budgets.pictureDone(id);
      else if (message.type === 'opened') this.#holdDecoder(id, message.info);
      return;
    }
    switch (message.type) {
      case 'removed':
        this.#cameras.release(message.camera);
        break;
      case 'report':
        this.#reports.hear(message.request, message.report);
        break;
      case 'failed':
        this.#onFailure(fromErrorMessage(message.error));
        break;
      case 'stopped':
        this.#reports.hearLast(message.report);
        break;
      case 'ready':
        break;
    }
  }

  /** A camera whose decoder does not fit into its budget is given up, and no other one. */
  #holdDecoder(id: CameraId, info: SourceInfo): void {
    try {
      this.#cameras.budgets.opened(id, info);
    } catch (error) {
      if (!(error instanceof PlateauError)) throw error;
      this.removeCamera(id);
      this.#cameras.listenerOf(id)?.onFailed(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
