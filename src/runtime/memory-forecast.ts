/** Memory that a monitor will take, foretold before anything is started. Measured figures: bench/RESULTS.md. */
export interface MemoryForecast {
  /** Node, its threads, FFmpeg and ONNX Runtime, loaded and idle. */
  readonly baseBytes: number;
  /** The model's weights and what a run needs. */
  readonly modelBytes: number;
  /** One camera: decoder, packets, ring. */
  readonly perCameraBytes: number;
  readonly totalBytes: number;
}

const megabyte = 2 ** 20;
const idleBytes = 130 * megabyte;
/** Reference pictures of the decoder and its tables. */
const decoderPictures = 10;

/** What a decoder holds for pictures of this size: its reference pictures, tables and packets. */
export function decoderBytes(width: number, height: number): number {
  return Math.round(width * height * 1.5) * decoderPictures + 4 * megabyte;
}

/**
 * @param inputSize [height, width] of the model's input.
 * @param pictureSize [width, height] of the cameras' pictures.
 */
export function forecastMemory(
  modelFileBytes: number,
  inputSize: readonly [number, number],
  pictureSize: readonly [number, number],
  cameras: number,
  ringSlots: number,
): MemoryForecast {
  const inputBytes = 3 * inputSize[0] * inputSize[1] * Float32Array.BYTES_PER_ELEMENT;
  // Weights once in the file's form and once in the runtime's; activations and outputs grow with the input.
  const modelBytes = 2 * modelFileBytes + 16 * inputBytes;
  const perCameraBytes = ringSlots * inputBytes + decoderBytes(...pictureSize);
  return {
    baseBytes: idleBytes,
    modelBytes,
    perCameraBytes,
    totalBytes: idleBytes + modelBytes + cameras * perCameraBytes,
  };
}
