/** What a capture counts. Expected loss is a counter, not an exception. */
export interface VideoCounters {
  /** Pictures handed out. */
  decoded: number;
  /** Pictures that were lost to damage or had to be patched up. */
  damaged: number;
  /** Pictures handed out whose content cannot be trusted. */
  unknown: number;
  /** Changes of size, pixel format or rotation in mid-stream. */
  geometryChanges: number;
  /** Times at which the source's clock stepped back or leapt. */
  timeLeaps: number;
  /** Encoded bytes read. */
  bytes: number;
}

export function zeroCounters(): VideoCounters {
  return { decoded: 0, damaged: 0, unknown: 0, geometryChanges: 0, timeLeaps: 0, bytes: 0 };
}

/** Adds `one` to `sum`, in place. */
export function addCounters(sum: VideoCounters, one: VideoCounters): void {
  sum.decoded += one.decoded;
  sum.damaged += one.damaged;
  sum.unknown += one.unknown;
  sum.geometryChanges += one.geometryChanges;
  sum.timeLeaps += one.timeLeaps;
  sum.bytes += one.bytes;
}

/** A sentence for each kind of loss, for whoever reads the results. */
export function lossWarnings(counters: VideoCounters, label: string): string[] {
  const { damaged, unknown, geometryChanges, timeLeaps } = counters;
  const warnings: string[] = [];
  const warn = (count: number, what: string) => {
    if (count > 0) warnings.push(`${label}: ${what}: ${count}`);
  };
  warn(damaged, 'pictures that were lost or patched up, since data is damaged');
  warn(unknown, 'pictures that count as unknown, since a key frame was lost');
  warn(geometryChanges, "times that the picture's form changed");
  warn(timeLeaps, "steps back and leaps of the source's time");
  return warnings;
}
