/**
 * Where a picture lies in a model's input: scaled by one factor, centred, the rest filled with grey 114. Pure geometry.
 *
 * The rounding is that of Ultralytics' `LetterBox`, with which models are trained and compared: the scaled sides are
 * rounded half to even, the odd pixel of padding goes right and below, and each axis has the gain of its rounded side.
 */
export interface Letterbox {
  /** The source as players show it, in pixels. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Input pixels for each source pixel: `x * scaleX + left` is where a source column lies. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Padding ahead of the picture, in input pixels. */
  readonly left: number;
  readonly top: number;
  /** The picture's size within the input. */
  readonly scaledWidth: number;
  readonly scaledHeight: number;
}

/** Grey of the padding, of 255. */
export const letterboxGrey = 114;

/** @throws RangeError where a side is no whole number of at least 1. */
export function letterbox(
  sourceWidth: number,
  sourceHeight: number,
  inputWidth: number,
  inputHeight: number,
): Letterbox {
  for (const side of [sourceWidth, sourceHeight, inputWidth, inputHeight]) {
    if (!Number.isInteger(side) || side < 1)
      throw new RangeError(`a side must be a whole number, not ${side}`);
  }
  const gain = Math.min(inputHeight / sourceHeight, inputWidth / sourceWidth);
  const scaledWidth = Math.min(inputWidth, Math.max(1, roundHalfToEven(sourceWidth * gain)));
  const scaledHeight = Math.min(inputHeight, Math.max(1, roundHalfToEven(sourceHeight * gain)));
  return {
    sourceWidth,
    sourceHeight,
    inputWidth,
    inputHeight,
    scaleX: scaledWidth / sourceWidth,
    scaleY: scaledHeight / sourceHeight,
    left: Math.max(0, Math.round((inputWidth - scaledWidth) / 2 - 0.1)),
    top: Math.max(0, Math.round((inputHeight - scaledHeight) / 2 - 0.1)),
    scaledWidth,
    scaledHeight,
  };
}

/** Python's `round`, which the exporters' own code uses. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
