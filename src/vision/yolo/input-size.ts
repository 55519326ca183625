import { PlateauError } from '../../errors.ts';
import { letterbox } from '../letterbox.ts';
import type { TensorShape } from './onnx-session.ts';

/** [height, width] */
export type InputSize = readonly [height: number, width: number];

/** What exporters take when nobody says otherwise. */
const usualSize = 640;
const largestSize = 16_384;
/** Values of one input beyond which a file is taken to be damaged: 1 GiB of floats for every picture. */
const mostValues = 2 ** 28;

export interface ChosenInput {
  /** Size that pictures are fitted into. */
  readonly size: InputSize;
  /** True when the file leaves height or width open. */
  readonly dynamic: boolean;
  readonly batch: number;
  readonly warnings: readonly string[];
}

/**
 * Chooses the size of a model's input: the file's own where it is fixed, else the wanted one, else what the metadata say.
 * @throws PlateauError ERR_MODEL_UNSUPPORTED when the input is no float32 picture, or `wanted` contradicts a fixed size; RangeError
 *   where `wanted` is no size
 */
export function chooseInput(
  file: string,
  input: TensorShape,
  wanted: InputSize | undefined,
  exportedFor: InputSize | undefined,
): ChosenInput {
  if (wanted !== undefined && !(isSide(wanted[0]) && isSide(wanted[1]) && wanted.length === 2))
    throw new RangeError(
      `inputSize must be [height, width] in whole pixels, and is ${JSON.stringify(wanted)}`,
    );
  const [batch, channels, height, width] = input.dims;
  const shape = `${input.name} ${input.type} [${input.dims.join(', ')}]`;
  if (input.dims.length !== 4 || (typeof channels === 'number' && channels !== 3)) {
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} takes ${shape}; supported are models that take one colour picture, float32 [1, 3, height, width].`,
    );
  }
  if (input.type === 'float16') {
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} takes ${shape}; the runtime cannot feed float16: export it again with float32 inputs (half=False, or keep_io_types=True when converting).`,
    );
  }
  if (input.type !== 'float32') {
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} takes ${shape}; supported is float32: export it again with float32 inputs.`,
    );
  }
  const dynamic = typeof height !== 'number' || typeof width !== 'number';
  const given = wanted ?? exportedFor;
  const size: InputSize = [sizeOf(height, given?.[0]), sizeOf(width, given?.[1])];
  if (wanted !== undefined && (wanted[0] !== size[0] || wanted[1] !== size[1])) {
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} was exported for input ${size[0]}x${size[1]} (height x width) and cannot run at ${wanted[0]}x${wanted[1]}: export it for that size or with dynamic axes.`,
    );
  }
  if (Math.max(size[0], size[1]) > largestSize) {
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} takes ${shape}; inputs larger than ${largestSize} are not supported.`,
    );
  }
  const warnings: string[] = [];
  if (dynamic && given === undefined) {
    warnings.push(
      `The model leaves its input size open and its metadata name none: ${size[0]}x${size[1]} is taken; --input-size chooses another.`,
    );
  }
  const fixedBatch = typeof batch === 'number' && batch > 0 ? batch : 1;
  if (fixedBatch > 1) {
    warnings.push(
      `The model was exported for ${fixedBatch} pictures at a time; one is used and ${fixedBatch - 1} are computed in vain: export it with batch=1.`,
    );
  }
  if (fixedBatch * 3 * size[0] * size[1] > mostValues) {
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} takes ${shape} at ${size[0]}x${size[1]}, more than a GiB a run: the file is damaged, or export it for smaller pictures.`,
    );
  }
  return { size, dynamic, batch: fixedBatch, warnings };
}

function isSide(side: unknown): boolean {
  return Number.isInteger(side) && (side as number) > 0;
}

function sizeOf(declared: number | string | undefined, given: number | undefined): number {
  if (typeof declared === 'number' && declared > 0) return declared;
  return given ?? usualSize;
}

/** What has to be known of a model to choose the shape at which a source's pictures run. */
export interface OpenInput {
  /** [height, width]: the size of the input, or where that is open the one that pictures are fitted into. */
  readonly input: InputSize;
  readonly dynamic: boolean;
  /** Sides of an open input are multiples of this, in pixels. */
  readonly stride: number;
}

/** [height, width] at which pictures of this size run: the model's own where it is fixed, else by the picture's aspect. */
export function inputSizeFor(
  { input, dynamic, stride }: OpenInput,
  sourceWidth: number,
  sourceHeight: number,
): InputSize {
  return dynamic ? fitToAspect(input, sourceWidth, sourceHeight, stride) : input;
}

/**
 * The input size at which the exporter's own tool runs a picture on a model of open size: the picture's aspect within
 * `size`, each side filled up to the next multiple of the stride. On the square size coverage would be another.
 * Source: Ultralytics' letterbox with `auto`, measured.
 */
function fitToAspect(size: InputSize, sourceWidth: number, sourceHeight: number, stride: number): InputSize {
  const [height, width] = size;
  const fitted = letterbox(sourceWidth, sourceHeight, width, height);
  // The padding left over after whole strides; a picture smaller than one stride still needs one.
  const side = (whole: number, scaled: number): number =>
    Math.max(stride, scaled + ((whole - scaled) % stride));
  return [side(height, fitted.scaledHeight), side(width, fitted.scaledWidth)];
}
