import { PlateauError } from '../../errors.ts';
import type { OutputShape } from './head-readings.ts';
import type { InputSize } from './input-size.ts';
import { OnnxSession, type OutputTensor } from './onnx-session.ts';

interface ProbeOutput extends OutputShape {
  readonly data: Float32Array;
}

/**
 * One run on a grey picture before the first frame: a model that cannot run is refused at the start, open sizes become
 * known, its values can be looked at, and its time is measured. Owner: the caller, with `using`; `outputs` are dead
 * afterwards.
 */
export class ProbeRun implements Disposable {
  readonly outputs: readonly ProbeOutput[];
  /** Milliseconds of the run; another one before it warmed up. */
  readonly runMilliseconds: number;
  readonly #tensors: readonly OutputTensor[];

  /** @throws PlateauError ERR_MODEL_UNSUPPORTED when the model fails at this size or has no float32 output */
  static async of(file: string, session: OnnxSession, batch: number, size: InputSize): Promise<ProbeRun> {
    const [height, width] = size;
    // Other outputs are not asked for: some old exports hand out their raw feature maps as well, in other types.
    const names = session.outputs.filter((output) => output.type === 'float32').map((output) => output.name);
    if (names.length === 0) {
      throw new PlateauError(
        'ERR_MODEL_UNSUPPORTED',
        `${file} has no float32 output: export it again with float32 outputs.`,
      );
    }
    refuseBoundless(file, session);
    const pixels = new Float32Array(batch * 3 * height * width).fill(114 / 255);
    const feeds = { [session.inputs[0]!.name]: OnnxSession.tensor(pixels, [batch, 3, height, width]) };
    try {
      for (const tensor of await session.run(feeds, names)) OnnxSession.free(tensor);
      const started = performance.now();
      const tensors = await session.run(feeds, names);
      return new ProbeRun(names, tensors, performance.now() - started);
    } catch (cause) {
      if (!(cause instanceof PlateauError) || cause.code !== 'ERR_INFERENCE_FAILED') throw cause;
      throw new PlateauError(
        'ERR_MODEL_UNSUPPORTED',
        `${file} cannot run on a picture of ${height}x${width} (height x width): ${cause.message.replace(/^.*?: /, '')}`,
        { cause },
      );
    } finally {
      pixels.buffer.transfer(0);
    }
  }

  private constructor(names: readonly string[], tensors: readonly OutputTensor[], runMilliseconds: number) {
    this.#tensors = tensors;
    this.outputs = tensors.map(({ dims, data }, index) => ({ name: names[index]!, dims: [...dims], data }));
    this.runMilliseconds = runMilliseconds;
  }

  [Symbol.dispose](): void {
    for (const tensor of this.#tensors) OnnxSession.free(tensor);
  }
}

/** Bytes of one output beyond which a file is taken to be damaged: the runtime would take them all, or the system ends us. */
const mostOutputBytes = 512 * 1024 ** 2;

function refuseBoundless(file: string, session: OnnxSession): void {
  for (const { name, dims } of session.outputs) {
    const bytes = dims.reduce<number>((product, size) => product * (typeof size === 'number' ? size : 1), 4);
    if (bytes <= mostOutputBytes) continue;
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} gives ${name} [${dims.join(', ')}], ${(bytes / 1e9).toPrecision(2)} GB a picture: the file is damaged, or no YOLO model.`,
    );
  }
}
