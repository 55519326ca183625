import { PlateauError } from '../../errors.ts';
import { type Layout, type OutputShape, readingsOf, usualAnchors } from './head-readings.ts';
import type { ModelMetadata } from './model-metadata.ts';

export interface LayoutClues {
  readonly file: string;
  readonly outputs: readonly OutputShape[];
  /** [height, width] of that run. */
  readonly input: readonly [number, number];
  readonly metadata: ModelMetadata;
  /** How many class names are known, from the file or from the user. */
  readonly nameCount: number | undefined;
}

export interface RecognisedLayout extends Layout {
  readonly warnings: readonly string[];
}

interface Reading extends Layout {
  readonly weight: number;
  /** True when something besides the bare fit speaks for it. */
  readonly supported: boolean;
}

const supportedText =
  'YOLOv8, 11, 12 and 26 heads [1, 4 + classes + masks, anchors] (also transposed), YOLOv5 heads ' +
  '[1, anchors, 5 + classes + masks] and end-to-end rows [1, rows, 6 + masks], with prototypes [1, masks, height, width] for masks';
const tasks = new Set(['detect', 'segment']);

/**
 * Recognises a model's layout from the shapes of its outputs, whatever their order and names, and from its metadata.
 * Where shapes alone allow two readings, what was assumed is a warning.
 * @throws PlateauError ERR_MODEL_UNSUPPORTED saying what was found and what is supported
 */
export function recogniseLayout(clues: LayoutClues): RecognisedLayout {
  const { metadata, file } = clues;
  if (metadata.task !== undefined && !tasks.has(metadata.task)) {
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} is a YOLO model for "${metadata.task}"; supported are the tasks detect and segment: export a model of one of these.`,
    );
  }
  if (/rt-?detr/i.test(metadata.description)) throw unsupported(clues, 'it is an RT-DETR model');
  const readings = readingsOf(clues.outputs, clues.input)
    .map((layout): Reading => ({ ...layout, ...weigh(layout, clues) }))
    .sort((a, b) => b.weight - a.weight);
  const best = readings.find((reading) => reading.supported);
  if (best === undefined) throw unsupported(clues, 'no output has the shape of a YOLO head');
  const rival = readings.find((reading) => reading !== best && reading.weight >= best.weight - 2);
  const warnings: string[] = [];
  if (rival !== undefined && !metadata.present) {
    warnings.push(
      `The file has no metadata, and its output ${describe(best.headDims)} could be read in two ways: it is read as ${layoutText(best)}.`,
    );
  }
  if (best.name !== 'rows' && !usualAnchors(best.name, clues.input, metadata.stride).includes(best.anchors)) {
    warnings.push(
      `The head has ${best.anchors} candidates, which is not what a YOLO of input ${clues.input[0]}x${clues.input[1]} has; it is read as ${layoutText(best)}.`,
    );
  }
  return { ...best, warnings };
}

/** A layout and its figures, for people. */
export function layoutText(layout: Layout): string {
  const kind = {
    plain: 'YOLOv8/11/12/26 head',
    'plain-transposed': 'YOLOv8/11/12/26 head, transposed',
    objectness: 'YOLOv5 head with objectness',
    rows: 'end-to-end rows',
  }[layout.name];
  return `${kind} ${describe(layout.headDims)}`;
}

/** Adds up what speaks for a reading. Only the order of the sums matters. */
function weigh(
  layout: Layout,
  { metadata, nameCount, input }: LayoutClues,
): { weight: number; supported: boolean } {
  const { name, anchors, classes } = layout;
  const usual = usualAnchors(name, input, metadata.stride).includes(anchors);
  const masks = layout.prototypes !== undefined;
  let weight = 0;
  if (name === 'rows') {
    // 300 rows of 6 + masks are also a head of one or two classes with 300 candidates; only metadata settles it.
    const said = metadata.endToEnd === true || metadata.nmsInside === true;
    const anyHead = [
      ...usualAnchors('plain', input, metadata.stride),
      ...usualAnchors('objectness', input, metadata.stride),
    ];
    if (said) weight += 16;
    if (!anyHead.includes(anchors)) weight += 3;
    if (nameCount !== undefined) weight += 4;
    return { weight, supported: true };
  }
  const named = nameCount !== undefined && classes === nameCount;
  if (named) weight += 8;
  if (usual) weight += 4;
  if (name === 'objectness' && metadata.present) weight += metadata.task === undefined ? 2 : -6;
  if (name !== 'objectness' && layout.classes! + 4 + layout.maskChannels <= anchors) weight += 2;
  if (name === 'plain') weight += 1;
  return { weight, supported: named || usual || masks };
}

function describe(dims: readonly (number | string)[]): string {
  return `[${dims.join(', ')}]`;
}

function unsupported({ file, outputs, input }: LayoutClues, why: string): PlateauError {
  const found = outputs.map((output) => `${output.name} ${describe(output.dims)}`).join(' and ');
  return new PlateauError(
    'ERR_MODEL_UNSUPPORTED',
    `${file} is no YOLO model that Plateau can read, since ${why}: at input ${input[0]}x${input[1]} it gives ${found}; supported are ${supportedText}.`,
  );
}
