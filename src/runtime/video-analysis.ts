import type { ZoneEvent } from '../alarms/zone-blockage.ts';
import { fromErrorMessage, PlateauError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';
import type { InputSize } from '../vision/yolo/input-size.ts';
import { type AnalysisReport, rounded } from './analysis-report.ts';
import type { CameraListener, Said } from './camera-listener.ts';
import { CoverageSeries } from './coverage-series.ts';
import type { Pipeline } from './pipeline.ts';
import type { PipelineReport } from './pipeline-report.ts';
import type { RssSeries } from './rss-series.ts';
import type { CameraSettings } from './settings.ts';
import type { CaptureCounters, Decision, SourceGeometryNote, SourceInfo } from './thread-protocol.ts';
import { ZoneWatch } from './zone-watch.ts';

/** How far an analysis has come. */
export interface AnalysisProgress {
  readonly source: string;
  readonly decided: number;
  readonly timestampSeconds: number;
  readonly info: SourceInfo | undefined;
}

/** What an analysis found, before the pipeline has ended and memory can be judged. */
export type VideoFindings = Omit<AnalysisReport, 'memory'>;

interface RecordedZone {
  readonly watch: ZoneWatch;
  readonly coverage: CoverageSeries;
  readonly events: ZoneEvent[];
}

/** Decisions between two samples of memory. */
const memoryEvery = 20;

/** One recording on its way through a pipeline: every due picture is decided, in order. */
export class VideoAnalysis implements CameraListener {
  readonly #pipeline: Pipeline;
  readonly #camera: CameraSettings;
  readonly #rss: RssSeries;
  readonly #onProgress: (progress: AnalysisProgress) => void;
  readonly #zones: readonly RecordedZone[];
  readonly #done = Promise.withResolvers<void>();
  #info: SourceInfo | undefined;
  readonly #warnings = new Set<string>();
  /** Pictures for which the model had no answer, and why the first of them had none. */
  readonly #unanswered = { count: 0, reason: '' };
  #input: InputSize | undefined;
  #decided = 0;
  #inferred = 0;
  #stoppedEarly = false;
  #firstSeconds: number | undefined;
  #lastSeconds = 0;
  #ended: Said<'ended'> | undefined;

  constructor(
    pipeline: Pipeline,
    camera: CameraSettings,
    rss: RssSeries,
    onProgress: (progress: AnalysisProgress) => void,
  ) {
    this.#pipeline = pipeline;
    this.#camera = camera;
    this.#rss = rss;
    this.#onProgress = onProgress;
    this.#zones = camera.zones.map((zone) => ({
      watch: new ZoneWatch(zone),
      coverage: new CoverageSeries(),
      events: [],
    }));
    // `abort` may come before anybody waits.
    this.#done.promise.catch(() => undefined);
  }

  /**
   * Runs the recording, and resolves with the findings when it is over and every picture of it is decided.
   *
   * @throws PlateauError when the source, the model's run or the annotated video fails.
   */
  async run(): Promise<VideoFindings> {
    const before = await this.#pipeline.report();
    const startedAt = performance.now();
    const id = this.#pipeline.addCamera(this.#camera, this);
    try {
      await this.#done.promise;
    } finally {
      this.#pipeline.removeCamera(id);
    }
    const counters = this.#ended?.counters ?? { decoded: 0, damaged: 0, published: 0 };
    if (this.#decided === 0 && !this.#stoppedEarly) {
      throw new PlateauError(
        'ERR_SOURCE_NO_FRAMES',
        `${maskSecrets(this.#camera.capture.source)} holds no picture that can be decoded; check the file with ffprobe or record it again.`,
      );
    }
    const busy = busySince(before, await this.#pipeline.report());
    return this.#describe(counters, busy, (performance.now() - startedAt) / 1000);
  }

  /** Ends the analysis early; `run` rejects with `error`. */
  abort(error: unknown): void {
    this.#done.reject(error);
  }

  /** Ends the analysis early; `run` resolves with what has been decided. */
  finishEarly(): void {
    this.#stoppedEarly = true;
    this.#done.resolve();
  }

  onOpened(message: Said<'opened'>): void {
    this.#info = message.info;
  }

  onDecision(decision: Decision): void {
    const { timestampSeconds, coverage, unknownReason } = decision;
    if (unknownReason !== null) {
      this.#unanswered.count += 1;
      this.#unanswered.reason ||= unknownReason;
    }
    const happened: string[] = [];
    for (const [index, { watch, coverage: recorded, events }] of this.#zones.entries()) {
      const value = coverage === null ? null : coverage[index];
      if (decision.discontinuity) watch.breakOff();
      recorded.push(rounded(timestampSeconds), value === null ? null : rounded(value));
      const event = watch.update(timestampSeconds, value, null);
      if (event === undefined) continue;
      events.push({ ...event, t: rounded(event.t), coverage: rounded(event.coverage) });
      happened.push(`${watch.name}-${event.type}`);
    }
    if (decision.wanted) {
      this.#pipeline.annotate(decision.camera, {
        sequence: decision.sequence,
        timestampSeconds,
        mask: decision.mask,
        zones: this.#zones.map(({ watch }) => watch.annotation),
        event: happened.length === 0 ? null : happened.join('-'),
      });
    }
    this.#firstSeconds ??= timestampSeconds;
    this.#lastSeconds = timestampSeconds;
    if (this.#decided % memoryEvery === 0) this.#rss.sample(this.#decided);
    this.#decided += 1;
    if (coverage !== null) this.#inferred += 1;
    this.#onProgress({
      source: this.#camera.name,
      decided: this.#decided,
      timestampSeconds,
      info: this.#info,
    });
    this.#settle();
  }

  onGeometry({ input, warnings }: SourceGeometryNote): void {
    const before = this.#input;
    this.#input = input;
    if (before !== undefined && before.join() !== input.join())
      this.#warnings.add(
        `the pictures changed their size: the model ran at ${before.join('x')} and then at ${input.join('x')} (height x width)`,
      );
    for (const warning of warnings) this.#warnings.add(warning);
  }

  onFailed(error: PlateauError): void {
    this.#done.reject(error);
  }

  onEnded(message: Said<'ended'>): void {
    this.#ended = message;
    this.#settle();
  }

  #settle(): void {
    const ended = this.#ended;
    if (ended === undefined) return;
    if (ended.error !== null) this.#done.reject(fromErrorMessage(ended.error));
    else if (this.#decided === ended.counters.published) this.#done.resolve();
  }

  get #unansweredWarnings(): string[] {
    const { count, reason } = this.#unanswered;
    return count === 0
      ? []
      : [`unknown pictures, since the model had no answer: ${count}; the first: ${reason}`];
  }

  #describe(counters: CaptureCounters, busy: Record<string, number>, wall: number): VideoFindings {
    const { model } = this.#pipeline;
    return {
      schema: 'plateau.report/1',
      source: maskSecrets(this.#camera.capture.source),
      model: {
        file: model.file,
        classes: model.classes,
        input: [...(this.#input ?? model.input)],
        layout: model.layout,
        threads: model.threads,
        threadTimings: model.threadTimings,
      },
      device: model.device,
      frames: { decoded: counters.decoded, inferred: this.#inferred, dropped: 0, damaged: counters.damaged },
      seconds: {
        video: rounded(this.#lastSeconds - (this.#firstSeconds ?? 0)),
        wall: rounded(wall),
        decode: rounded((busy.decode ?? 0) + (busy.scale ?? 0)),
        inference: rounded(busy.inference ?? 0),
        postprocess: rounded(busy.postprocess ?? 0),
      },
      truncatedAt: this.#ended?.truncatedAt ?? null,
      warnings: [
        ...model.warnings,
        ...this.#warnings,
        ...this.#unansweredWarnings,
        ...(this.#ended?.warnings ?? []),
        ...(this.#stoppedEarly ? [`stopped at ${this.#lastSeconds.toFixed(1)} s, before the end`] : []),
      ],
      zones: this.#zones.map(({ watch, coverage, events }) => ({
        name: watch.name,
        coverage: coverage.pairs(),
        events,
      })),
    };
  }
}

function busySince(before: PipelineReport, after: PipelineReport): Record<string, number> {
  const entries = Object.entries(after.busySeconds);
  return Object.fromEntries(
    entries.map(([stage, seconds]) => [stage, seconds - (before.busySeconds[stage] ?? 0)]),
  );
}
