import { PlateauError } from '../../errors.ts';
import type { InputSize } from './input-size.ts';
import { OnnxSession, type OutputTensor } from './onnx-session.ts';
import type { OutputShape } from './recognise-layout.ts';

export interface ProbeRun {
  readonly outputs: readonly OutputShape[];
  /** Milliseconds of the second run; the first one warms up. */
  readonly runMilliseconds: number;
}

/**
 * Runs the model twice on a grey picture before the first frame: a model that cannot run is refused at the start, open
 * sizes become known, and its time is measured.
 * @throws PlateauError ERR_MODEL_UNSUPPORTED when the model fails at this size
 */
export async function probeRun(
  file: string,
  session: OnnxSession,
  batch: number,
  size: InputSize,
): Promise<ProbeRun> {
  const [height, width] = size;
  const pixels = new Float32Array(batch * 3 * height * width).fill(114 / 255);
  const feeds = { [session.inputs[0]!.name]: OnnxSession.tensor(pixels, [batch, 3, height, width]) };
  // Other outputs are not asked for: some old exports hand out their raw feature maps as well, in other types.
  const names = session.outputs.filter((output) => output.type === 'float32').map((output) => output.name);
  if (names.length === 0) {
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `${file} has no float32 output: export it again with float32 outputs.`,
    );
  }
  const run = async (): Promise<OutputShape[]> => {
    const results: OutputTensor[] = await session.run(feeds, names);
    const shapes = results.map((result, index) => ({ name: names[index]!, dims: [...result.dims] }));
    for (const result of results) result.free();
    return shapes;
  };
  try {
    await run();
    const started = performance.now();
    const outputs = await run();
    return { outputs, runMilliseconds: performance.now() - started };
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
