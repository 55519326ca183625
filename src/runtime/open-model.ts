import type { ModelDescription } from '../vision/yolo/model-description.ts';
import { openMeasured } from '../vision/yolo/open-measured.ts';
import { Yolo } from '../vision/yolo/yolo.ts';
import type { YoloOptions } from '../vision/yolo/yolo-options.ts';

/** Opens a model with the threads given, or by measurement where they are `null`. Owner: the caller. @throws PlateauError */
export async function openModel(
  file: string,
  options: Omit<YoloOptions, 'threads'> & { readonly threads: number | null },
): Promise<{ readonly yolo: Yolo; readonly model: ModelDescription }> {
  const { threads } = options;
  if (threads !== null) {
    const yolo = await Yolo.open(file, { ...options, threads });
    return { yolo, model: yolo.model };
  }
  const { yolo, timings, untried } = await openMeasured(file, options);
  return { yolo, model: { ...yolo.model, threadTimings: timings, threadsUntried: untried } };
}

/** "1 thread (tried: 1 in 18.2 ms, 2 in 17.0 ms)", or "1 thread (not tried: there is one CPU for this process)" */
export function threadsText({ threads, threadTimings, threadsUntried }: ModelDescription): string {
  const count = threads === 1 ? '1 thread' : `${threads} threads`;
  if (threadsUntried !== null) return `${count} (not tried: ${threadsUntried})`;
  if (threadTimings.length === 0) return count;
  const tried = threadTimings.map((one) => `${one.threads} in ${one.milliseconds.toFixed(1)} ms`);
  return `${count} (tried: ${tried.join(', ')})`;
}
