import type { OutputTensor } from './onnx-session.ts';

/** What a run returned, and for which input. */
export interface RunTensors {
  readonly inputHeight: number;
  readonly inputWidth: number;
  /** Candidates in the head. */
  readonly anchors: number;
  readonly head: OutputTensor;
  readonly prototypes: OutputTensor | undefined;
}

/**
 * The values that one run returned. Owner: whoever called `Yolo.run`, with `using`: disposal frees the runtime's
 * buffers at once instead of leaving megabytes a frame to the collector. Afterwards the views are dead, and all that is
 * asked throws a TypeError. Each run has an object of its own, of some 100 bytes: with one that is used again, a second
 * disposal would free a later run's values.
 */
export class YoloOutput implements Disposable {
  readonly #free: (tensors: RunTensors) => void;
  #tensors: RunTensors | undefined;

  /** @param free Takes the tensors back, once. */
  constructor(tensors: RunTensors, free: (tensors: RunTensors) => void) {
    this.#tensors = tensors;
    this.#free = free;
  }

  get inputHeight(): number {
    return this.#live().inputHeight;
  }

  get inputWidth(): number {
    return this.#live().inputWidth;
  }

  /** Candidates in the head. */
  get anchors(): number {
    return this.#live().anchors;
  }

  get prototypeHeight(): number {
    return this.#live().prototypes?.dims[2] ?? 0;
  }

  get prototypeWidth(): number {
    return this.#live().prototypes?.dims[3] ?? 0;
  }

  /** The head's values in the model's own order. */
  get head(): Float32Array {
    return this.#live().head.data;
  }

  /** [channels, prototypeHeight, prototypeWidth], or undefined for a model without masks. */
  get prototypes(): Float32Array | undefined {
    return this.#live().prototypes?.data;
  }

  [Symbol.dispose](): void {
    const tensors = this.#tensors;
    if (tensors === undefined) return;
    this.#tensors = undefined;
    this.#free(tensors);
  }

  #live(): RunTensors {
    if (this.#tensors === undefined) throw new TypeError('YoloOutput was used after it was disposed of');
    return this.#tensors;
  }
}
