/** Writes the layers that a YOLO network is made of, with untrained weights of a usual size. */
import {
  type Bytes,
  bytes,
  floats,
  integerAttribute,
  integersAttribute,
  longs,
  node,
  tensor,
} from '../../test/support/known-answer-protobuf.ts';

/** A tensor in the graph: its name and how many channels it has. */
export interface Layer {
  readonly name: string;
  readonly channels: number;
}

export class NetworkWriter {
  readonly nodes: Bytes[] = [];
  readonly initialisers: Bytes[] = [];
  #count = 0;
  #state = 20260101;

  floats(dims: readonly number[], values: Float32Array | readonly number[]): string {
    return this.#keep(tensor({ name: this.#name('w'), type: 'float', dims, raw: floats(values) }));
  }

  longs(values: readonly number[]): string {
    return this.#keep(
      tensor({ name: this.#name('n'), type: 'int64', dims: [values.length], raw: longs(values) }),
    );
  }

  apply(
    operator: string,
    inputs: readonly string[],
    attributes: readonly Bytes[] = [],
    outputs = 1,
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.#name(operator));
    this.nodes.push(node(operator, inputs, names, attributes));
    return names;
  }

  /** Binds a result to the name of a graph's output. */
  output(from: string, name: string): void {
    this.nodes.push(node('Identity', [from], [name]));
  }

  convolution(from: Layer, channels: number, kernel = 1, stride = 1): Layer {
    const pad = Math.floor(kernel / 2);
    const fan = from.channels * kernel * kernel;
    const weights = this.#weights(channels * fan, Math.sqrt(2 / fan));
    const [name] = this.apply(
      'Conv',
      [
        from.name,
        this.floats([channels, from.channels, kernel, kernel], weights),
        this.floats([channels], new Float32Array(channels)),
      ],
      [
        integersAttribute('kernel_shape', [kernel, kernel]),
        integersAttribute('strides', [stride, stride]),
        integersAttribute('pads', [pad, pad, pad, pad]),
      ],
    );
    return { name, channels };
  }

  /** Convolution and SiLU, as exporters write it once the normalisation is folded in. */
  block(from: Layer, channels: number, kernel = 1, stride = 1): Layer {
    const { name } = this.convolution(from, channels, kernel, stride);
    const [gate] = this.apply('Sigmoid', [name]);
    const [result] = this.apply('Mul', [name, gate]);
    return { name: result, channels };
  }

  /** Twice as high and wide, learnt. */
  enlarge(from: Layer): Layer {
    const { channels } = from;
    const weights = this.#weights(channels * channels * 4, Math.sqrt(1 / channels));
    const [name] = this.apply(
      'ConvTranspose',
      [
        from.name,
        this.floats([channels, channels, 2, 2], weights),
        this.floats([channels], new Float32Array(channels)),
      ],
      [integersAttribute('kernel_shape', [2, 2]), integersAttribute('strides', [2, 2])],
    );
    return { name, channels };
  }

  join(layers: readonly Layer[], axis = 1): Layer {
    const inputs = layers.map(({ name }) => name);
    const [name] = this.apply('Concat', inputs, [integerAttribute('axis', axis)]);
    return { name, channels: layers.reduce((sum, { channels }) => sum + channels, 0) };
  }

  add(a: Layer, b: Layer): Layer {
    const [name] = this.apply('Add', [a.name, b.name]);
    return { name, channels: a.channels };
  }

  #keep(made: Bytes): string {
    this.initialisers.push(bytes(5, made));
    return this.#last;
  }

  #last = '';

  #name(kind: string): string {
    this.#count += 1;
    this.#last = `${kind}_${this.#count}`;
    return this.#last;
  }

  /** Uniform numbers of the given deviation, always the same ones. */
  #weights(length: number, deviation: number): Float32Array {
    const width = deviation * Math.sqrt(12);
    const weights = new Float32Array(length);
    for (let i = 0; i < length; i += 1) {
      this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
      weights[i] = (this.#state / 2 ** 32 - 0.5) * width;
    }
    return weights;
  }
}
