import {
  type LedgerSnapshot,
  ledger,
  type MemoryMetricsSources,
  type MemorySample,
  type Mistake,
  processSeconds,
} from '@plateau/memory';
import { PlateauError } from '../errors.ts';
import type { PictureArea } from '../vision/letterbox.ts';
import type { InputSize } from '../vision/yolo/input-size.ts';
import type { ModelDescription } from '../vision/yolo/model-description.ts';
import { audit } from './audit.ts';
import type { AuditEvidence } from './audit-evidence.ts';
import type { AuditReport } from './audit-report.ts';
import type { BudgetsStatus } from './camera-budgets.ts';
import { defaults } from './defaults.ts';
import { memorySettings } from './memory-settings.ts';
import { MistakeWatch } from './mistake-watch.ts';
import { Pipeline } from './pipeline.ts';
import type { PipelineReport } from './pipeline-report.ts';
import { RetryWait } from './retry-wait.ts';
import type { CameraSettings, MemorySettings, ModelSettings } from './settings.ts';
import type { CameraState } from './thread-protocol.ts';
import { type CameraEvent, type CameraStatus, WatchedCamera } from './watched-camera.ts';

export interface MonitorListener {
  onEvent(event: CameraEvent): void;
  onCameraState(camera: string, state: CameraState, reason: string | null): void;
  /** A camera is given up, since trying again cannot help; the others are watched. */
  onCameraFailed?(camera: string, error: PlateauError): void;
  /** The model runs the camera's pictures, or what `crop` leaves of them, at `input` from now on. */
  onCameraInput?(camera: string, input: InputSize, crop: PictureArea): void;
  /** What is odd with a camera's zones on its pictures, a sentence; whoever drew them should look at them. */
  onCameraWarning?(camera: string, warning: string): void;
  /** Software decodes the camera's pictures although hardware was to; once for each reason. */
  onSoftwareDecoding?(camera: string, reason: string): void;
  onFailure(error: PlateauError, retrySeconds: number): void;
  /** Something piles up, was never released, or is copied for nothing; once for each line, and again when it doubled. */
  onMistake?(mistake: Mistake): void;
}

/** One second of the monitor's memory. */
export interface MemoryPoint {
  readonly at: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly sharedBytes: number;
  readonly liveResources: number;
}

export interface MonitorStatus {
  readonly model: ModelDescription | null;
  readonly cameras: readonly CameraStatus[];
  readonly events: readonly CameraEvent[];
  readonly memory: readonly MemoryPoint[];
  /** What budgets allow and what is used of them; `null` while the pipeline is down. */
  readonly budgets: BudgetsStatus | null;
  /** Mistakes with memory that were found at run time, the dearest first. */
  readonly mistakes: readonly Mistake[];
  readonly uptimeSeconds: number;
}

/** Points of memory that are kept: ten minutes. */
const memoryPoints = 600;
const eventsKept = 200;

/** Watches several cameras until it is stopped; a thread that fails is started again, with every zone as it was. */
export class Monitor implements AsyncDisposable {
  readonly #model: ModelSettings;
  readonly #listener: MonitorListener;
  readonly #cameras: readonly WatchedCamera[];
  readonly #memorySettings: MemorySettings;
  readonly #mistakes: MistakeWatch;
  readonly #retryWait: RetryWait;
  readonly #events: CameraEvent[] = [];
  readonly #memory: MemoryPoint[] = [];
  readonly #startedAt = processSeconds();
  #pipeline: Pipeline | undefined;
  #description: ModelDescription | null = null;
  #tick: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;
  #auditing = false;
  #reporting = false;
  #ledger: LedgerSnapshot | undefined;
  #lastReport: PipelineReport | undefined;

  /** @throws PlateauError when the model cannot be used; later failures are retried. */
  static async start(
    model: ModelSettings,
    cameras: readonly CameraSettings[],
    listener: MonitorListener,
    memory: MemorySettings = memorySettings(),
  ): Promise<Monitor> {
    ledger.leakLevel = memory.leakLevel;
    const monitor = new Monitor(model, cameras, listener, memory);
    await monitor.#startPipeline();
    monitor.#tick = setInterval(() => void monitor.#everySecond(), 1000);
    return monitor;
  }

  private constructor(
    model: ModelSettings,
    cameras: readonly CameraSettings[],
    listener: MonitorListener,
    memory: MemorySettings,
  ) {
    this.#model = model;
    this.#listener = listener;
    this.#memorySettings = memory;
    this.#retryWait = new RetryWait(defaults.goodSeconds);
    this.#mistakes = new MistakeWatch({
      everySeconds: memory.mistakeCheckSeconds,
      ledger: () => this.#ledger,
      onMistake: (mistake) => listener.onMistake?.(mistake),
    });
    this.#cameras = cameras.map(
      (settings) =>
        new WatchedCamera(settings, {
          onEvent: (event) => this.#keepEvent(event),
          onState: (camera, state, reason) => listener.onCameraState(camera, state, reason),
          onFailed: (camera, error) => listener.onCameraFailed?.(camera, error),
          onResult: (decision) => this.#mistakes.result(decision, 'Decision'),
          onSoftwareDecoding: (camera, reason) => listener.onSoftwareDecoding?.(camera, reason),
          onInput: (camera, input, crop) => listener.onCameraInput?.(camera, input, crop),
          onWarning: (camera, warning) => listener.onCameraWarning?.(camera, warning),
        }),
    );
  }

  get status(): MonitorStatus {
    return {
      model: this.#description,
      cameras: this.#cameras.map((camera) => camera.status),
      events: this.#events,
      memory: this.#memory,
      budgets: this.#pipeline?.budgets ?? null,
      mistakes: this.#mistakes.mistakes,
      uptimeSeconds: processSeconds() - this.#startedAt,
    };
  }

  camera(index: number): WatchedCamera | undefined {
    return this.#cameras[index];
  }

  /** Memory and busy time of all threads, now; `undefined` while the pipeline is down. */
  report(): Promise<PipelineReport> | undefined {
    return this.#pipeline?.report();
  }

  /** All that `memoryMetrics` tells; `undefined` while the pipeline is down. */
  memorySources(): Promise<MemoryMetricsSources> | undefined {
    return this.#pipeline?.memorySources();
  }

  /** Looks for mistakes with memory now, rather than at the next time; see `status.mistakes`. */
  async findMistakes(): Promise<readonly Mistake[]> {
    this.#ledger = (await this.report())?.ledger;
    await this.#mistakes.look();
    return this.#mistakes.mistakes;
  }

  /**
   * Measures the ten items of the memory checklist on this monitor, beside its cameras.
   *
   * @param signal Ends the audit early; it rejects with the signal's reason then.
   * @throws PlateauError ERR_BUSY while another audit runs, or the pipeline is being started again.
   */
  async audit(
    recording: string,
    pictures: number,
    onProgress: (pictures: number) => void,
    signal?: AbortSignal,
  ): Promise<AuditReport> {
    const pipeline = this.#pipeline;
    if (pipeline === undefined || this.#auditing) {
      throw new PlateauError(
        'ERR_BUSY',
        'An audit is under way, or the monitor is starting again; try again in a minute.',
      );
    }
    this.#auditing = true;
    try {
      const monitoring = (): AuditEvidence['monitoring'] => {
        const newest = this.#memory.at(-1);
        return {
          samples: this.#memory.length,
          newestAgeSeconds: newest === undefined ? Number.POSITIVE_INFINITY : (Date.now() - newest.at) / 1000,
          newestRssBytes: newest?.rssBytes ?? 0,
        };
      };
      return await audit({ pipeline, recording, pictures, monitoring, onProgress, signal });
    } finally {
      this.#auditing = false;
    }
  }

  /** Ends every thread after the run in hand, and says what was still live then. Safe to call twice. */
  async stop(): Promise<PipelineReport | undefined> {
    this.#stopped = true;
    clearInterval(this.#tick);
    clearTimeout(this.#retry);
    this.#mistakes[Symbol.dispose]();
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    for (const camera of this.#cameras) camera.stop();
    if (pipeline !== undefined) this.#lastReport = await pipeline.stop();
    return this.#lastReport;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #startPipeline(): Promise<void> {
    const { leakLevel, budgetBytes } = this.#memorySettings;
    const pipeline = await Pipeline.start(this.#model, (error) => void this.#restart(error), {
      leakLevel,
      budgetBytes,
    });
    if (this.#stopped) {
      await pipeline.stop();
      return;
    }
    this.#reporting = false;
    this.#retryWait.started(processSeconds());
    this.#pipeline = pipeline;
    this.#description = pipeline.model;
    for (const camera of this.#cameras) camera.start(pipeline);
  }

  /** The one place that catches in order to begin again. */
  async #restart(error: PlateauError): Promise<void> {
    if (this.#stopped) return;
    const broken = this.#pipeline;
    this.#pipeline = undefined;
    const retrySeconds = this.#retryWait.failed(processSeconds());
    for (const camera of this.#cameras) camera.lose(error.message);
    this.#listener.onFailure(error, retrySeconds);
    await broken?.stop();
    this.#retry = setTimeout(() => {
      this.#startPipeline().catch((again: PlateauError) => this.#restart(again));
    }, retrySeconds * 1000);
  }

  async #everySecond(): Promise<void> {
    const now = processSeconds();
    for (const camera of this.#cameras) camera.expire(now);
    const sample = this.#pipeline?.tick();
    if (sample === undefined) return;
    // Until every thread has told what it holds for the first time, how much is live is unknown, and not 0.
    if (this.#ledger !== undefined) this.#keepMemory(sample, this.#ledger);
    // A thread that does not answer must not be asked again and again.
    if (this.#reporting) return;
    this.#reporting = true;
    const report = await this.#pipeline?.report();
    this.#reporting = false;
    this.#ledger = report?.ledger;
  }

  #keepMemory({ rssBytes, heapUsedBytes, sharedBytes }: MemorySample, { live }: LedgerSnapshot): void {
    this.#memory.push({ at: Date.now(), rssBytes, heapUsedBytes, sharedBytes, liveResources: live });
    if (this.#memory.length > memoryPoints) this.#memory.shift();
  }

  #keepEvent(event: CameraEvent): void {
    this.#events.push(event);
    if (this.#events.length > eventsKept) this.#events.shift();
    this.#listener.onEvent(event);
  }
}
