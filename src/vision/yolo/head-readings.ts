import type { LayoutName } from './model-description.ts';

/** An output of the model with the sizes that a run really gave. */
export interface OutputShape {
  readonly name: string;
  readonly dims: readonly number[];
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

/** [height, width] */
type Size = readonly [number, number];

/** Every way in which the outputs fit a layout by their shapes alone, likely or not. */
export function readingsOf(outputs: readonly OutputShape[], input: Size): Layout[] {
  const prototypes = outputs.filter((output) => isPrototypes(output.dims, input));
  return outputs
    .filter((output) => output.dims.length === 3)
    .flatMap((head) => {
      const withMasks = prototypes.flatMap((output) => readingsWith(head, output));
      return withMasks.length > 0 ? withMasks : readingsWith(head, undefined);
    });
}

/** [batch, channels, height, width], a whole smaller copy of the input. */
function isPrototypes(dims: readonly number[], [height, width]: Size): boolean {
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

function readingsWith(head: OutputShape, prototypes: OutputShape | undefined): Layout[] {
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
    .map(([name, anchors, classes]) => ({
      name,
      head: head.name,
      headDims: head.dims,
      prototypes: prototypes?.name,
      anchors,
      classes,
      maskChannels: masks,
    }));
}

/** How many candidates heads of this kind have at this input: with strides 8 to 32, with one more, with one less. */
export function usualAnchors(
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
