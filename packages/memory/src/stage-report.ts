/** What profiling by stages finds, as plain data that survives JSON. */

/** Bytes at one moment, or their change. */
export interface StageReading {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly externalBytes: number;
  readonly poolBytes: number;
}

export type StageMeasure = keyof StageReading;

export const stageMeasures: readonly StageMeasure[] = [
  'rssBytes',
  'heapBytes',
  'bufferBytes',
  'externalBytes',
  'poolBytes',
];

/** One stage, by its path: `frame/decode`. Bytes are net: what was made less what was freed while it ran. */
export interface StageRow extends StageReading {
  readonly path: string;
  readonly calls: number;
  /**
   * Of these. The first 300 of a stage all are; later ones as long as the readings take no more than 1.5 % of the run. The
   * bytes of the others count for the stage around them.
   */
  readonly measuredCalls: number;
  /** With the stages inside. */
  readonly seconds: number;
  /** Without them; the bytes of a row are without them, too. */
  readonly ownSeconds: number;
}

/** A moment on the timeline. */
export interface StageSample {
  readonly atSeconds: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
}

export interface StageReport {
  readonly seconds: number;
  /** What the readings took of that. */
  readonly measuringSeconds: number;
  /** In the order in which they first began. */
  readonly rows: readonly StageRow[];
  /** Bounded: when there are too many, every second one goes, and from then on half as many are kept. */
  readonly timeline: readonly StageSample[];
  /** Stages that ended before one that began while they ran, as concurrent asynchronous ones do. */
  readonly overlaps: number;
}
