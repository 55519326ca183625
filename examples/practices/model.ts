/** What the examples infer with: ONNX Runtime and a model of 855 bytes whose answer anyone can compute. */
import { fileURLToPath } from 'node:url';
import ort from 'onnxruntime-node';

export const side = 320;

/** A YOLO segmentation model in one thread; frames are `[1, 3, 320, 320]`. */
export async function openModel(): Promise<ort.InferenceSession> {
  const path = fileURLToPath(new URL('../../models/known-answer.onnx', import.meta.url));
  return await ort.InferenceSession.create(path, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    enableCpuMemArena: false,
  });
}

/** A tensor over memory that is used again for each frame. */
export function frameTensor(): ort.Tensor {
  return new ort.Tensor('float32', new Float32Array(3 * side * side).fill(0.5), [1, 3, side, side]);
}

/** The runtime's answer: boxes in `output0`, prototypes of masks in `output1`. */
export type Results = ort.InferenceSession.OnnxValueMapType;

export function floats(results: Results, name: string): Float32Array {
  const tensor = results[name];
  if (tensor === undefined) throw new Error(`the model has no output ${name}`);
  return (tensor as ort.Tensor).data as Float32Array;
}

/** The highest score of any box: what this frame is about, in one number. */
export function bestScore(results: Results): number {
  let best = 0;
  for (const value of floats(results, 'output0')) if (value > best) best = value;
  return best;
}
