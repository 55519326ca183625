import type { Layout } from './head-readings.ts';

/** Scores move between 0 and 1: in steps coarser than this they cannot tell a detection from none. */
const coarsestStep = 0.05;
/** Confidence that exports with NMS inside have baked in (Ultralytics 8.4, measured). */
const bakedConfidence = 0.25;

/** What cannot be seen in a single result, but makes all of them doubtful: a sentence each. */
export function layoutWarnings(
  layout: Layout,
  outputSteps: ReadonlyMap<string, number>,
  nmsInside: boolean | undefined,
): string[] {
  const warnings: string[] = [];
  const step = outputSteps.get(layout.head) ?? 0;
  if (step > coarsestStep) {
    warnings.push(
      `The head's values are quantised in steps of ${Number(step.toPrecision(3))}, so that scores between 0 and 1 are lost: quantise it again without the last layers.`,
    );
  }
  if (layout.name === 'rows' && nmsInside === true) {
    warnings.push(
      `The model suppresses overlaps by itself and leaves out scores below ${bakedConfidence}: a lower --confidence changes nothing.`,
    );
  }
  if (layout.prototypes === undefined) {
    warnings.push(
      'The model gives boxes without masks: a zone counts as covered where boxes cover it, which is more than the material does.',
    );
  }
  return warnings;
}
