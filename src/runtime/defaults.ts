/** One default, one place: the command line and the configuration file both take theirs from here. */
export const defaults = {
  /** Lowest score (0..1) of a detection that counts. */
  confidence: 0.5,
  /** Overlap (0..1) above which the weaker of two boxes of one class is dropped; the exporters' own default. */
  iou: 0.7,
  /** Class that is measured where a model has several. */
  className: 'coal',
  blockage: {
    onCoverage: 0.73,
    offCoverage: 0.6,
    onDelaySeconds: 2.5,
    offDelaySeconds: 2.5,
    smoothSeconds: 1,
  },
  /** Zone where none is given: the whole picture. */
  zoneName: 'picture',
  /** The model sees the whole picture, not only what surrounds the zones. */
  crop: false,
  /** What is measured; hardware is faster on few machines, and every picture has to be copied from it. */
  decoder: 'software',
  host: '127.0.0.1',
  port: 8080,
  /** Seconds without a picture after which a camera has no signal. */
  stallSeconds: 5,
  /** Seconds that opening and each read may take. */
  timeoutSeconds: 5,
  /** Pictures in a camera's ring: one being written, one ready, one in inference. */
  ringSlots: 3,
  /** Detections of one picture that are looked at; more are counted and the weakest left out. */
  maxDetections: 300,
  /** Threads inside the runtime per inference thread: one was faster than two on small machines. */
  threads: 1,
  /** Frames, and seconds, after which idle memory is given back. */
  cleanupFrames: 3000,
  cleanupSeconds: 60,
  /** And seconds without a decision after which it is given back once: whatever was going on is over. */
  cleanupIdleSeconds: 1,
  /** Share of the memory limit at which memory is given back at once. */
  reclaimAt: '80%',
  /** Share of a memory budget that is kept for what raises alarms. */
  alarmReserve: 0.1,
  /** How hard forgotten resources are looked for. */
  leakLevel: 'simple',
  /** Seconds between two looks for mistakes with memory; each costs a full collection of the main thread's small heap. */
  mistakeCheckSeconds: 600,
  mistakeCheckSecondsParanoid: 60,
  /** A pipeline that ran for so long was a good one: the next restart waits for the shortest time again. */
  goodSeconds: 60,
  /** Annotated pictures and JPEGs are at most this wide, in pixels. */
  pictureWidth: 960,
} as const;
