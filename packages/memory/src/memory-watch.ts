/** Monitor, threshold and ladder together: what the document does by hand with `if gpu_mem > 4000: empty_cache()`. */

import type { MemoryMonitor, MemorySample } from './memory-monitor.ts';
import { levelBytes, type MemoryLevel, type MemoryThreshold } from './memory-threshold.ts';
import type { ReclaimLadder, ReclaimReport } from './reclaim-ladder.ts';

export interface MemoryWatchOptions {
  readonly monitor: MemoryMonitor;
  readonly threshold: MemoryThreshold;
  readonly ladder: ReclaimLadder;
  /** The ladder is taken until RSS is at or below this. Default: all steps. */
  readonly downTo?: MemoryLevel | undefined;
  readonly onReclaimed?: ((report: ReclaimReport, sample: MemorySample) => void) | undefined;
}

export class MemoryWatch {
  readonly #options: MemoryWatchOptions;
  #reclaiming: Promise<ReclaimReport> | undefined;

  constructor(options: MemoryWatchOptions) {
    this.#options = options;
  }

  /**
   * Takes a sample, and reclaims in the background when the threshold says so. To be called about once a second.
   * @returns The sample, and the reclaiming that it started; none where its last one is still under way.
   */
  tick(): { sample: MemorySample; reclaiming: Promise<ReclaimReport> | undefined } {
    const { monitor, threshold, ladder, downTo, onReclaimed } = this.#options;
    const sample = monitor.sample();
    const limit = sample.limitBytes ?? sample.machineBytes;
    if (!threshold.observe(sample.rssBytes, limit)) return { sample, reclaiming: undefined };
    const until = downTo === undefined ? 0 : levelBytes(downTo, limit);
    const running = ladder.reclaim(until);
    // Its report would be told, and counted, twice.
    if (running === this.#reclaiming) return { sample, reclaiming: undefined };
    this.#reclaiming = running;
    const reclaiming = running.then((report) => {
      onReclaimed?.(report, sample);
      return report;
    });
    return { sample, reclaiming };
  }
}
