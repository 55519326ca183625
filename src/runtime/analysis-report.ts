import type { ZoneEvent } from '../alarms/zone-blockage.ts';
import type { ThreadTiming } from '../vision/yolo/model-description.ts';

/** A resource that was still live after everything should have been released. */
interface UnreleasedResource {
  readonly kind: string;
  readonly camera: string | null;
  readonly stage: string | null;
  readonly bytes: number;
  /** file:line of its creation, where that was recorded. */
  readonly site: string | null;
}

/** The report of one analysed recording: schema `plateau.report/1`. Fields are relied upon; more may be added. */
export interface AnalysisReport {
  readonly schema: 'plateau.report/1';
  readonly source: string;
  readonly model: {
    readonly file: string;
    readonly classes: readonly string[];
    /** [height, width] at which this source's pictures ran. */
    readonly input: readonly [number, number];
    readonly layout: string;
    /** Threads inside the runtime, and what was tried where they were chosen by measurement. */
    readonly threads: number;
    readonly threadTimings: readonly ThreadTiming[];
  };
  readonly device: string;
  readonly frames: {
    readonly decoded: number;
    readonly inferred: number;
    readonly dropped: number;
    readonly damaged: number;
  };
  readonly seconds: {
    readonly video: number;
    readonly wall: number;
    readonly decode: number;
    readonly inference: number;
    readonly postprocess: number;
  };
  /** Source time at which the file ended before its container says; `null` where it is whole. */
  readonly truncatedAt: number | null;
  readonly warnings: readonly string[];
  readonly zones: readonly {
    readonly name: string;
    /** [seconds of the source's clock, raw coverage 0..1 or null where it is unknown] of each decided picture. */
    readonly coverage: readonly (readonly [number, number | null])[];
    readonly events: readonly ZoneEvent[];
  }[];
  readonly memory: {
    readonly peakRssBytes: number;
    readonly endRssBytes: number;
    readonly slopeBytesPerFrame: number;
    readonly liveResources: number;
    readonly unreleased: readonly UnreleasedResource[];
  };
}

/** Rounds a time to the microsecond and a coverage to a millionth: digits beyond are noise, and fill reports. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
