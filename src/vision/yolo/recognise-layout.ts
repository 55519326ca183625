import { PlateauError } from '../../errors.ts';
import type { LayoutName } from './model-description.ts';
import type { ModelMetadata } from './model-metadata.ts';

/** An output of the model with the sizes that a run really gave. */
export interface OutputShape {
  readonly name: string;
  readonly dims: readonly number[];
}

export interface LayoutClues {
  readonly file: string;
  readonly outputs: readonly OutputShape[];
  /** [height, width] of that run. */
  readonly input: readonly [number, number];
  readonly metadata: ModelMetadata;
  /** How many class names are known, from the file or from the user. */
  readonly nameCount: number | undefined;
}

/** One way to read the outputs, and what speaks for it. */
export interface Layout {
  readonly name: LayoutName;
  /** Name of the output with the detections. */
  readonly head: string;
  readonly headDims: readonly number[];
  /** Name of the output with the mask prototypes; undefined for a detection model. */
  readonly prototypes: string | undefined;
  readonly anchors: number;
  /** Classes that the head's width leaves room for; undefined for rows, which carry a number. */
  readonly classes: number | undefined;
  readonly maskChannels: number;
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
  const readings = clues.outputs
    .flatMap((head) => readingsOf(head, clues))
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

function readingsOf(head: OutputShape, clues: LayoutClues): Reading[] {
  if (head.dims.length !== 3) return [];
  const prototypes = clues.outputs.filter((output) => isPrototypes(output.dims, clues.input));
  const withMasks = prototypes.flatMap((output) => readingsWith(head, output, clues));
  return withMasks.length > 0 ? withMasks : readingsWith(head, undefined, clues);
}

/** [batch, channels, height, width], a whole smaller copy of the input. */
function isPrototypes(dims: readonly number[], [height, width]: readonly [number, number]): boolean {
  if (dims.length !== 4) return false;
  const [, , rows, columns] = dims as [number, number, number, number];
  return (
    rows > 0 &&
    columns > 0 &&
    rows <= height &&
    columns <= width &&
    Math.abs(rows / height - columns / width) < 0.02
  );
}

function readingsWith(head: OutputShape, prototypes: OutputShape | undefined, clues: LayoutClues): Reading[] {
  const [, first, second] = head.dims as [number, number, number];
  const masks = prototypes?.dims[1] ?? 0;
  const shapes: [LayoutName, number, number | undefined][] = [
    ['plain', second, first - 4 - masks],
    ['plain-transposed', first, second - 4 - masks],
    ['objectness', first, second - 5 - masks],
  ];
  if (second === 6 + masks) shapes.push(['rows', first, undefined]);
  return shapes
    .filter(([, anchors, classes]) => anchors > 0 && (classes === undefined || classes > 0))
    .map(([name, anchors, classes]) => {
      const layout: Layout = {
        name,
        head: head.name,
        headDims: head.dims,
        prototypes: prototypes?.name,
        anchors,
        classes,
        maskChannels: masks,
      };
      return { ...layout, ...weigh(layout, clues) };
    });
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

/** How many candidates heads of this kind have at this input: with strides 8 to 32, with one more, with one less. */
function usualAnchors(
  name: LayoutName,
  [height, width]: readonly [number, number],
  stride: number | undefined,
): number[] {
  const cells = (strides: readonly number[]): number =>
    strides.reduce((sum, step) => sum + Math.ceil(height / step) * Math.ceil(width / step), 0);
  const each = name === 'objectness' ? 3 : 1;
  const sets = [
    [8, 16, 32],
    [4, 8, 16, 32],
    [8, 16, 32, 64],
    [16, 32],
  ];
  if (stride === 16) sets.push([4, 8, 16], [8, 16]);
  return sets.map((strides) => each * cells(strides));
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
