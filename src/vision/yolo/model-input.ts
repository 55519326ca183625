import type { OnnxSession } from './onnx-session.ts';

type Tensor = ReturnType<typeof OnnxSession.tensor>;

/**
 * Pixels bound to a model: the tensor over a ring slot's memory, made once. Owner: whoever owns the pixels; nothing of
 * its own has to be freed. Shape [1, 3, height, width], planes R, G, B, values 0..1.
 */
export class ModelInput {
  readonly height: number;
  readonly width: number;
  /** What the session is fed with. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Where the first picture of a fixed batch is copied to before a run; undefined where the tensor is the slot itself. */
  readonly #batch: Float32Array | undefined;
  readonly #pixels: Float32Array;

  constructor(
    height: number,
    width: number,
    feeds: Readonly<Record<string, Tensor>>,
    pixels: Float32Array,
    batch?: Float32Array,
  ) {
    this.height = height;
    this.width = width;
    this.feeds = feeds;
    this.#pixels = pixels;
    this.#batch = batch;
  }

  /** Brings the newest pixels to where the session reads them. Called by `Yolo.run`. */
  prepare(): void {
    this.#batch?.set(this.#pixels);
  }
}
