/**
 * Detections of one picture as a struct of arrays, made once and filled anew for each picture: nothing is
 * allocated per frame. Boxes are x1, y1, x2, y2 in pixels of the model's input, strongest detection first.
 * Owner: the caller; `Yolo.decode` overwrites it.
 */
export class Detections {
  /** Most detections that are kept. */
  readonly capacity: number;
  /** Mask coefficients of one detection; 0 where the model has no masks. */
  readonly maskChannels: number;
  /** 4 x capacity: x1, y1, x2, y2. */
  readonly xyxy: Float32Array;
  readonly confidence: Float32Array;
  readonly classId: Int32Array;
  /** maskChannels x capacity, one detection after the other. */
  readonly coefficients: Float32Array;
  /** Detections of the present picture. */
  count = 0;
  /** Candidates of the present picture that found no room; all are weaker than those kept. */
  overflow = 0;

  constructor(capacity: number, maskChannels: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError(`capacity ${capacity} is no positive integer`);
    this.capacity = capacity;
    this.maskChannels = maskChannels;
    this.xyxy = new Float32Array(4 * capacity);
    this.confidence = new Float32Array(capacity);
    this.classId = new Int32Array(capacity);
    this.coefficients = new Float32Array(maskChannels * capacity);
  }

  clear(): void {
    this.count = 0;
    this.overflow = 0;
  }
}
