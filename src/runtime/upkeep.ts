import {
  type BusyGuard,
  collectorStep,
  findMallocTrim,
  idleSlabsStep,
  MemoryMonitor,
  type MemorySample,
  MemoryThreshold,
  MemoryWatch,
  mallocTrimStep,
  monotonicSeconds,
  PeriodicCleanup,
  ReclaimLadder,
  type ReclaimReport,
  type SlabPool,
  type ThreadMemory,
  threadName,
} from '@plateau/memory';
import { defaults } from './defaults.ts';

/** What upkeep has done so far. */
export interface UpkeepCounters {
  /** Cleanings by the number of frames or by time, and by the threshold. */
  readonly periodic: number;
  readonly threshold: number;
  readonly bytesGivenBack: number;
  /** Times that a step was put off because an inference was under way, and that it rested since it had gained nothing. */
  readonly busy: number;
  readonly backingOff: number;
}

/**
 * Gives memory back while the pipeline runs: every so many frames and seconds, and when resident memory reaches its
 * threshold. Never during an inference, and a step that gains nothing rests for longer and longer.
 */
export class Upkeep {
  readonly #ladder: ReclaimLadder;
  readonly #periodic: PeriodicCleanup;
  readonly #watch: MemoryWatch;
  readonly #monitor: MemoryMonitor;
  #threshold = 0;
  #bytesGivenBack = 0;
  #busy = 0;
  #backingOff = 0;
  #counted: ReclaimReport | undefined;

  /** @param guard Busy while an inference is under way. */
  static async start(slabs: SlabPool, guard: BusyGuard): Promise<Upkeep> {
    const trim = await findMallocTrim();
    const steps = [
      idleSlabsStep(slabs),
      collectorStep(),
      ...(trim === undefined ? [] : [mallocTrimStep(trim)]),
    ];
    const rss = (): number => process.memoryUsage.rss();
    const ladder = new ReclaimLadder(steps, { clock: monotonicSeconds, rss, guard });
    return new Upkeep(ladder, new MemoryMonitor({ slabs }));
  }

  private constructor(ladder: ReclaimLadder, monitor: MemoryMonitor) {
    this.#ladder = ladder;
    this.#monitor = monitor;
    this.#periodic = new PeriodicCleanup({
      clock: monotonicSeconds,
      everyFrames: defaults.cleanupFrames,
      everySeconds: defaults.cleanupSeconds,
      idleSeconds: defaults.cleanupIdleSeconds,
      cleanup: () => void this.#ladder.reclaim().then((report) => this.#count(report)),
    });
    this.#watch = new MemoryWatch({
      monitor,
      ladder,
      threshold: new MemoryThreshold({ clock: monotonicSeconds, high: defaults.reclaimAt }),
      onReclaimed: (report) => {
        this.#threshold += 1;
        this.#count(report);
      },
    });
  }

  /** Called between two decisions. */
  frameDone(): void {
    this.#periodic.frameDone();
  }

  /** Called about once a second. */
  tick(): MemorySample {
    this.#periodic.tick();
    return this.#watch.tick().sample;
  }

  /** What the other threads said of themselves counts from now on. */
  noteThreads(threads: readonly ThreadMemory[]): void {
    for (const memory of threads) if (memory.thread !== threadName) this.#monitor.noteThread(memory);
  }

  /** Memory now, without giving any back. */
  sample(): MemorySample {
    return this.#monitor.sample();
  }

  get counters(): UpkeepCounters {
    return {
      periodic: this.#periodic.runs,
      threshold: this.#threshold,
      bytesGivenBack: this.#bytesGivenBack,
      busy: this.#busy,
      backingOff: this.#backingOff,
    };
  }

  /** Who asks while a reclaiming is under way gets the report of that one: by frames and by the threshold, say. */
  #count(report: ReclaimReport): void {
    if (report === this.#counted) return;
    this.#counted = report;
    this.#bytesGivenBack += report.bytesGivenBack;
    this.#busy += report.steps.filter(({ outcome }) => outcome === 'busy').length;
    this.#backingOff += report.steps.filter(({ outcome }) => outcome === 'backing-off').length;
  }
}
