import { availableParallelism } from 'node:os';
import { Yolo } from './yolo.ts';
import type { YoloOptions } from './yolo-options.ts';

/** Runs timed for each count of threads, after those that opening does. */
const runs = 5;
/** More threads must be this much faster: the others are wanted by capture and by the other cameras' models. */
const worthwhile = 0.8;

interface ThreadTiming {
  readonly threads: number;
  /** Middle of the runs, milliseconds. */
  readonly milliseconds: number;
}

export interface ThreadMeasurement {
  /** The count to use. */
  readonly threads: number;
  readonly timings: readonly ThreadTiming[];
}

/**
 * Finds by trying how many threads a model's runs are worth, within the CPUs that this process may use: 1, 2, 4 and so on,
 * until more no longer help. Takes some ten runs for each; nothing stays open.
 * @throws PlateauError as `Yolo.open` does
 */
export async function measureThreads(
  path: string,
  options: Omit<YoloOptions, 'threads'> = {},
  allowed: number = availableParallelism(),
): Promise<ThreadMeasurement> {
  const timings: ThreadTiming[] = [];
  let best: ThreadTiming | undefined;
  for (let threads = 1; threads <= allowed; threads *= 2) {
    const timing = { threads, milliseconds: await middleRun(path, { ...options, threads }) };
    timings.push(timing);
    if (best !== undefined && timing.milliseconds > worthwhile * best.milliseconds) break;
    best = timing;
  }
  return { threads: best?.threads ?? 1, timings };
}

async function middleRun(path: string, options: YoloOptions): Promise<number> {
  await using yolo = await Yolo.open(path, options);
  const [height, width] = yolo.model.input;
  const input = yolo.bindInput(new Float32Array(3 * height * width));
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    {
      using _output = await yolo.run(input);
      times.push(performance.now() - started);
    }
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}
