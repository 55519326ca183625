import type { OutputTensor } from './onnx-session.ts';

/** Takes a run's tensors back, and the object to be used again. */
export type GiveBack = (output: YoloOutput, head: OutputTensor, prototypes: OutputTensor | undefined) => void;

/**
 * The values that one run returned. Owner: whoever called `Yolo.run`, with `using`: disposal frees the runtime's
 * buffers at once instead of leaving megabytes a frame to the collector. The views are dead afterwards, and the object
 * may be used again for a later run, as a ring's slot is.
 */
export class YoloOutput implements Disposable {
  readonly #giveBack: GiveBack;
  #inputHeight = 0;
  #inputWidth = 0;
  #anchors = 0;
  #head: OutputTensor | undefined;
  #prototypes: OutputTensor | undefined;

  constructor(giveBack: GiveBack) {
    this.#giveBack = giveBack;
  }

  /** Takes over a run's tensors. @param anchors Candidates in the head. */
  begin(
    inputHeight: number,
    inputWidth: number,
    anchors: number,
    head: OutputTensor,
    prototypes: OutputTensor | undefined,
  ): this {
    this.#inputHeight = inputHeight;
    this.#inputWidth = inputWidth;
    this.#anchors = anchors;
    this.#head = head;
    this.#prototypes = prototypes;
    return this;
  }

  get inputHeight(): number {
    return this.#inputHeight;
  }

  get inputWidth(): number {
    return this.#inputWidth;
  }

  /** Candidates in the head. */
  get anchors(): number {
    return this.#anchors;
  }

  get prototypeHeight(): number {
    return this.#prototypes?.dims[2] ?? 0;
  }

  get prototypeWidth(): number {
    return this.#prototypes?.dims[3] ?? 0;
  }

  /** The head's values in the model's own order. @throws TypeError after disposal */
  get head(): Float32Array {
    return this.#liveHead().data;
  }

  /** [channels, prototypeHeight, prototypeWidth], or undefined for a model without masks. @throws TypeError after disposal */
  get prototypes(): Float32Array | undefined {
    this.#liveHead();
    return this.#prototypes?.data;
  }

  [Symbol.dispose](): void {
    const head = this.#head;
    const prototypes = this.#prototypes;
    if (head === undefined) return;
    this.#head = undefined;
    this.#prototypes = undefined;
    this.#giveBack(this, head, prototypes);
  }

  #liveHead(): OutputTensor {
    if (this.#head === undefined) throw new TypeError('YoloOutput was used after it was disposed of');
    return this.#head;
  }
}
