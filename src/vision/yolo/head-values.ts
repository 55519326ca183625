import type { Layout } from './head-readings.ts';

/** Scores may be this far out of 0..1 by rounding. */
const rounding = 1e-3;
/** Sides of boxes up to this, in all candidates at once, are fractions and not pixels. */
const largestFraction = 1.5;

interface Range {
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Looks at one run's values for what shapes cannot tell: scores without their sigmoid, boxes in fractions of the picture.
 * Either would give coverage that looks plausible and is nonsense. A sentence for each.
 */
export function headValueWarnings(layout: Layout, head: Float32Array): string[] {
  const { anchors, classes } = layout;
  const channelsFirst = layout.name === 'plain';
  const channels = layout.headDims[channelsFirst ? 1 : 2]!;
  const range = (first: number, count: number): Range => {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (let channel = first; channel < first + count; channel++) {
      for (let anchor = 0; anchor < anchors; anchor++) {
        const value = head[channelsFirst ? channel * anchors + anchor : anchor * channels + channel]!;
        lowest = Math.min(lowest, value);
        highest = Math.max(highest, value);
      }
    }
    return { lowest, highest };
  };

  const warnings: string[] = [];
  const scores =
    layout.name === 'rows' ? range(4, 1) : range(4, classes! + (layout.name === 'objectness' ? 1 : 0));
  if (scores.lowest < -rounding || scores.highest > 1 + rounding) {
    warnings.push(
      `The head's scores reach from ${scores.lowest.toPrecision(3)} to ${scores.highest.toPrecision(3)} instead of 0 to 1: the export lacks the last sigmoid, and no confidence fits.`,
    );
  }
  const sides = range(2, 2);
  if (sides.highest > 0 && sides.highest <= largestFraction) {
    warnings.push(
      `The head's boxes are at most ${sides.highest.toPrecision(3)} large: they seem to be fractions of the picture, where pixels of the input are read.`,
    );
  }
  return warnings;
}
