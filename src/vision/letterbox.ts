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
  /** The part of the source that the model sees; nearly always the whole. */
  readonly crop: PictureArea;
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Input pixels for each source pixel: `(x - crop.left) * scaleX + left` is where a source column lies. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Padding ahead of the picture, in input pixels. */
  readonly left: number;
  readonly top: number;
  /** The picture's size within the input. */
  readonly scaledWidth: number;
  readonly scaledHeight: number;
}

/** A rectangle of whole pixels of the source, as players show it. */
export interface PictureArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Grey of the padding, of 255. */
export const letterboxGrey = 114;

/**
 * @param crop Part of the source that is scaled instead of the whole; it lies within the source.
 * @throws RangeError where a side is no whole number of at least 1, or the crop lies outside.
 */
export function letterbox(
  sourceWidth: number,
  sourceHeight: number,
  inputWidth: number,
  inputHeight: number,
  crop: PictureArea = { left: 0, top: 0, width: sourceWidth, height: sourceHeight },
): Letterbox {
  for (const side of [sourceWidth, sourceHeight, crop.width, crop.height, inputWidth, inputHeight]) {
    if (!Number.isInteger(side) || side < 1)
      throw new RangeError(`a side must be a whole number, not ${side}`);
  }
  const { left, top, width, height } = crop;
  // Elsewhere FFmpeg would cut at the picture's edge without a word, and the mask would lie beside what it covers.
  if (!(left >= 0 && top >= 0 && left + width <= sourceWidth && top + height <= sourceHeight)) {
    throw new RangeError(
      `a crop of ${width}x${height} at ${left},${top} reaches out of a picture of ${sourceWidth}x${sourceHeight}`,
    );
  }
  const gain = Math.min(inputHeight / crop.height, inputWidth / crop.width);
  const scaledWidth = Math.min(inputWidth, Math.max(1, roundHalfToEven(crop.width * gain)));
  const scaledHeight = Math.min(inputHeight, Math.max(1, roundHalfToEven(crop.height * gain)));
  return {
    sourceWidth,
    sourceHeight,
    crop,
    inputWidth,
    inputHeight,
    scaleX: scaledWidth / crop.width,
    scaleY: scaledHeight / crop.height,
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
