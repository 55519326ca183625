/** When a zone counts as blocked: two thresholds, two delays and a smoothing window. */
export interface BlockageSettings {
  /** Coverage (0..1) at or above which a zone is on its way to blocked. */
  readonly onCoverage: number;
  /** Coverage (0..1) below which a blocked zone is on its way to cleared; at most `onCoverage`. */
  readonly offCoverage: number;
  /** Seconds for which smoothed coverage must stay at or above `onCoverage` without a break. */
  readonly onDelaySeconds: number;
  /** Seconds for which smoothed coverage must stay below `offCoverage` without a break. */
  readonly offDelaySeconds: number;
  /** Seconds of the running median ahead of the thresholds; 0 switches smoothing off. */
  readonly smoothSeconds: number;
}

/**
 * Refuses settings with which the state machine would chatter or never act.
 *
 * @throws RangeError naming the setting and its value.
 */
export function checkBlockageSettings(settings: BlockageSettings): void {
  const { onCoverage, offCoverage } = settings;
  if (!(onCoverage > 0 && onCoverage <= 1)) {
    throw new RangeError(`the on threshold must lie above 0 and at most at 1, and is ${onCoverage}`);
  }
  if (!(offCoverage >= 0 && offCoverage <= 1)) {
    throw new RangeError(`the off threshold must lie within 0 and 1, and is ${offCoverage}`);
  }
  if (offCoverage > onCoverage) {
    throw new RangeError(
      `the off threshold (${offCoverage}) lies above the on threshold (${onCoverage}): swap them, or every value between would both raise and clear`,
    );
  }
  for (const key of ['onDelaySeconds', 'offDelaySeconds', 'smoothSeconds'] as const) {
    const seconds = settings[key];
    if (!(seconds >= 0 && seconds <= 86_400)) {
      throw new RangeError(`${key} must lie within 0 and 86400, and is ${seconds}`);
    }
  }
}
