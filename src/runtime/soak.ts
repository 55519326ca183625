import {
  assessFlatness,
  type Flatness,
  findMallocTrim,
  type LeakPlace,
  type LedgerSnapshot,
  ledger,
  type MallocTrim,
  type MemoryPoint,
  ownResidentBytes,
  PlantedLeak,
} from '@plateau/memory';
import { fromErrorMessage, PlateauError } from '../errors.ts';
import { recordingCapture } from './capture-settings.ts';
import { defaults } from './defaults.ts';
import { growthEnvelope } from './growth-envelope.ts';
import { Pipeline } from './pipeline.ts';
import type { PipelineReport } from './pipeline-report.ts';
import type { CameraSettings, ModelSettings } from './settings.ts';
import { type GrowthOwner, growthOwner, whyUndecided } from './soak-owner.ts';
import type { CameraId } from './thread-protocol.ts';

export interface SoakOrder {
  readonly frames: number;
  readonly cameras: number;
  /** Each camera is taken away and added again after so many frames; 0 never. */
  readonly reconnectEvery: number;
  /** Bytes leaked on purpose with each frame, and where they lie; 0 is none. */
  readonly plantLeakBytes: number;
  readonly plantLeakIn: LeakPlace;
  readonly model: ModelSettings;
  readonly source: string;
  readonly signal: AbortSignal;
  onProgress(frames: number): void;
}

/** Fields are relied upon; more may be added. */
export interface SoakReport {
  readonly schema: 'plateau.soak/1';
  readonly flat: boolean;
  readonly verdict: 'flat' | 'leaking' | 'undecided';
  readonly frames: number;
  readonly slopeBytesPerFrame: number;
  readonly confidence95: readonly [number, number];
  readonly boundBytesPerFrame: number;
  readonly growthBytes: number;
  /** What grew; `null` where it is flat, where nothing grew, and where too little was measured to tell. */
  readonly owner: GrowthOwner | null;
  /** Why there is no verdict, or nobody to name; a figure that is no number could not be measured either. */
  readonly undecidedBecause: string | null;
  /** Each measure of its own, after a collection in every thread: resident memory without the pages of files, the ledger, V8's heaps after a collection. */
  readonly measures: Readonly<Record<'rss' | 'ledger' | 'heap', Flatness>>;
  readonly unreleased: number;
  /** [frame, bytes] of each measure, thinned, to be plotted. */
  readonly series: Readonly<Record<'rss' | 'ledger' | 'heap', readonly (readonly [number, number])[]>>;
}

/** Collections and ledger snapshots over the run. */
const checkpoints = 240;
/** Bounds of the measures that are exact, bytes a frame. */
const ledgerBound = 64;
const heapBound = 256;
/** Code is compiled and inline caches fill over about so many frames; a short run gives half of itself for it. */
const warmUp = (frames: number): number => Math.max(frames / 10, Math.min(5000, frames / 2));

/**
 * The flat-memory gate: runs the whole pipeline over so many frames and judges resident memory, the ledger and V8's
 * heaps by an equivalence test. Undecided is not flat.
 */
export class Soak {
  readonly #order: SoakOrder;
  readonly #rssPoints: MemoryPoint[] = [];
  #trim: MallocTrim | undefined;
  #leak: PlantedLeak | undefined;
  readonly #ledgerPoints: MemoryPoint[] = [];
  readonly #heapPoints: MemoryPoint[] = [];
  readonly #done = Promise.withResolvers<void>();
  #warm: LedgerSnapshot | undefined;
  #last: LedgerSnapshot | undefined;
  #frames = 0;

  constructor(order: SoakOrder) {
    this.#order = order;
  }

  /** @throws PlateauError when the pipeline fails, or the signal ends the run too early for a verdict. */
  async run(): Promise<SoakReport> {
    const { model, signal, cameras } = this.#order;
    const stop = (): void =>
      this.#done.reject(
        new PlateauError(
          'ERR_NO_VERDICT',
          `The soak was stopped after ${this.#frames} frames; there is no verdict; let it run to its end.`,
        ),
      );
    // Every creation site is wanted: what grew must be named.
    ledger.leakLevel = 'paranoid';
    this.#trim = await findMallocTrim();
    // ownership: frames leak only until the pipeline has stopped, which this block waits for
    using leak = await this.#plantLeak();
    this.#leak = leak;
    const pipeline = await Pipeline.start(model, (error) => this.#done.reject(error), { leanStart: false });
    signal.addEventListener('abort', stop, { once: true });
    try {
      // While the model was loading nobody listened.
      if (signal.aborted) stop();
      for (let index = 0; index < cameras; index += 1) this.#watch(pipeline, `soak-${index + 1}`);
      await this.#done.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      await pipeline.stop();
    }
    return this.#judge(await pipeline.stop());
  }

  async #plantLeak(): Promise<PlantedLeak | undefined> {
    const { plantLeakBytes, plantLeakIn } = this.#order;
    if (plantLeakBytes === 0) return undefined;
    const leak = await PlantedLeak.plant(plantLeakIn);
    if (leak !== undefined) return leak;
    throw new PlateauError(
      'ERR_USAGE',
      'A native leak needs koffi on Linux; plant it elsewhere with --plant-in.',
    );
  }

  /** Adds a camera, and once its turn is over takes it away and adds it again. */
  #watch(pipeline: Pipeline, name: string): void {
    const { reconnectEvery } = this.#order;
    let decided = 0;
    const id: CameraId = pipeline.addCamera(this.#camera(name), {
      onDecision: () => {
        decided += 1;
        this.#count(pipeline, name);
        if (decided !== reconnectEvery || this.#frames >= this.#order.frames) return;
        pipeline.removeCamera(id);
        this.#watch(pipeline, name);
      },
      onFailed: (error) => this.#done.reject(error),
      onEnded: ({ error }) => {
        if (error !== null) this.#done.reject(fromErrorMessage(error));
      },
    });
  }

  #count(pipeline: Pipeline, camera: string): void {
    const { frames, onProgress } = this.#order;
    if (this.#frames >= frames) return;
    this.#frames += 1;
    // This line is what the gate must name.
    this.#leak?.leak(this.#order.plantLeakBytes, camera);
    if (this.#frames % Math.max(1, Math.floor(frames / checkpoints)) === 0)
      void this.#checkpoint(pipeline, this.#frames);
    onProgress(this.#frames);
    if (this.#frames === frames) this.#done.resolve();
  }

  async #checkpoint(pipeline: Pipeline, frame: number): Promise<void> {
    const report = await pipeline.report({ collect: true });
    this.#ledgerPoints.push({ frame, bytes: report.ledger.bytes });
    this.#heapPoints.push({ frame, bytes: report.heapUsedBytes });
    // What idles in malloc is not held by anybody: the saw of it would hide a small leak for long.
    this.#trim?.();
    this.#rssPoints.push({ frame, bytes: ownResidentBytes() });
    if (frame <= warmUp(this.#order.frames)) this.#warm = report.ledger;
    this.#last = report.ledger;
  }

  #camera(name: string): CameraSettings {
    return {
      name,
      zones: [
        {
          zone: {
            name: 'zone',
            points: [
              [0.1, 0.1],
              [0.9, 0.1],
              [0.9, 0.9],
              [0.1, 0.9],
            ],
            space: 'fractions',
          },
          blockage: defaults.blockage,
        },
      ],
      capture: recordingCapture(this.#order.source, { loop: true }),
    };
  }

  #judge(end: PipelineReport): SoakReport {
    const warmUpFrames = warmUp(this.#order.frames);
    const measures = {
      rss: assessFlatness(this.#rssPoints, { warmUpFrames }),
      ledger: growthEnvelope(this.#ledgerPoints, { warmUpFrames, boundBytesPerFrame: ledgerBound }),
      heap: growthEnvelope(this.#heapPoints, { warmUpFrames, boundBytesPerFrame: heapBound }),
    };
    const verdicts = Object.values(measures).map(({ verdict }) => verdict);
    const verdict = verdicts.includes('leaking')
      ? 'leaking'
      : verdicts.includes('undecided')
        ? 'undecided'
        : 'flat';
    const { slopeBytesPerFrame, confidence95, boundBytesPerFrame, growthBytes } = measures.rss;
    const owner = verdict === 'flat' ? null : growthOwner(this.#warm, this.#last, measures);
    return {
      schema: 'plateau.soak/1',
      flat: verdict === 'flat',
      verdict,
      frames: this.#frames,
      slopeBytesPerFrame,
      confidence95,
      boundBytesPerFrame,
      growthBytes,
      owner,
      undecidedBecause: whyUndecided(measures, owner),
      measures,
      unreleased: end.ledger.live,
      series: {
        rss: thinned(this.#rssPoints),
        ledger: thinned(this.#ledgerPoints),
        heap: thinned(this.#heapPoints),
      },
    };
  }
}

/** At most some two hundred points, evenly taken. */
function thinned(points: readonly MemoryPoint[]): [number, number][] {
  const every = Math.max(1, Math.ceil(points.length / 200));
  return points.filter((_, index) => index % every === 0).map(({ frame, bytes }) => [frame, bytes]);
}
