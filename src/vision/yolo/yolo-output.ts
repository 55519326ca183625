import type { OutputTensor } from './onnx-session.ts';

/** What one picture's run gave back, as the decoder reads it. */
export interface YoloOutputShape {
  readonly inputHeight: number;
  readonly inputWidth: number;
  /** Candidates in the head. */
  readonly anchors: number;
}

/**
 * The values that one run returned. Owner: whoever called `Yolo.run`, with `using`: disposal frees the runtime's
 * buffers at once instead of leaving megabytes a frame to the collector. The views are dead afterwards.
 */
export class YoloOutput implements Disposable {
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly anchors: number;
  readonly prototypeHeight: number;
  readonly prototypeWidth: number;
  readonly #head: OutputTensor;
  readonly #prototypes: OutputTensor | undefined;
  readonly #onDispose: () => void;
  #disposed = false;

  constructor(
    shape: YoloOutputShape,
    head: OutputTensor,
    prototypes: OutputTensor | undefined,
    onDispose: () => void,
  ) {
    this.inputHeight = shape.inputHeight;
    this.inputWidth = shape.inputWidth;
    this.anchors = shape.anchors;
    this.prototypeHeight = prototypes?.dims[2] ?? 0;
    this.prototypeWidth = prototypes?.dims[3] ?? 0;
    this.#head = head;
    this.#prototypes = prototypes;
    this.#onDispose = onDispose;
  }

  /** The head's values in the model's own order. @throws TypeError after disposal */
  get head(): Float32Array {
    this.#requireLive();
    return this.#head.data;
  }

  /** [channels, prototypeHeight, prototypeWidth], or undefined for a model without masks. @throws TypeError after disposal */
  get prototypes(): Float32Array | undefined {
    this.#requireLive();
    return this.#prototypes?.data;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#head.free();
    this.#prototypes?.free();
    this.#onDispose();
  }

  #requireLive(): void {
    if (this.#disposed) throw new TypeError('YoloOutput was used after it was disposed of');
  }
}
