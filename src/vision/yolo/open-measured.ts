import { availableParallelism } from 'node:os';
import type { ThreadTiming } from './model-description.ts';
import { Yolo } from './yolo.ts';
import type { YoloOptions } from './yolo-options.ts';

/** Runs timed for each count of threads, the quickest of which counts: others on the machine only make a run slower. */
const runs = 3;
/** More threads must be this much faster: the others are wanted by capture and by the other cameras' models. */
const worthwhile = 0.8;
/** Time that trying may take beyond an opening with one thread. */
const budgetMilliseconds = 250;

export interface MeasuredYolo {
  readonly yolo: Yolo;
  /** What was tried; empty where there was nothing to choose. */
  readonly timings: readonly ThreadTiming[];
}

export interface ThreadChoice {
  /** CPUs that this process may use, by affinity and cgroup; tests pass their own. */
  readonly allowed?: number;
  readonly budgetMilliseconds?: number;
}

/**
 * Opens a model with as many threads as are worth it on this machine: 1, then 2, 4 and so on within the CPUs allowed, for
 * as long as each is clearly faster and the time for trying is not up. Beside the one that wins, one other is open for that
 * time. With one CPU, on a GPU and under a cap on memory nothing is tried.
 * Owner: the caller, of the model that is handed out; all others are closed.
 * @throws PlateauError as `Yolo.open` does
 */
export async function openMeasured(
  path: string,
  options: Omit<YoloOptions, 'threads'>,
  { allowed = availableParallelism(), budgetMilliseconds: budget = budgetMilliseconds }: ThreadChoice = {},
): Promise<MeasuredYolo> {
  await using undo = new AsyncDisposableStack();
  let best = undo.use(await Yolo.open(path, { ...options, threads: 1 }));
  const timings: ThreadTiming[] = [];
  const began = performance.now();
  const passed = (): number => performance.now() - began;
  const { device, runMilliseconds, warmUpMilliseconds } = best.model;
  let cost = warmUpMilliseconds + runMilliseconds * (1 + runs);
  const choice = device === 'cpu' && options.memoryLimitBytes === undefined && allowed > 1;
  if (choice && cost <= budget) timings.push({ threads: 1, milliseconds: await quickest(best) });
  for (let threads = 2; choice && threads <= allowed && passed() + cost <= budget; threads *= 2) {
    const started = passed();
    const next = undo.use(await Yolo.open(path, { ...options, threads }));
    const timing = { threads, milliseconds: await quickest(next) };
    cost = passed() - started;
    const isWorthwhile = timing.milliseconds < worthwhile * timings.at(-1)!.milliseconds;
    timings.push(timing);
    await (isWorthwhile ? best : next)[Symbol.asyncDispose]();
    if (!isWorthwhile) break;
    best = next;
  }
  undo.move();
  return { yolo: best, timings };
}

async function quickest(yolo: Yolo): Promise<number> {
  const [height, width] = yolo.model.input;
  const pixels = new Float32Array(3 * height * width);
  const input = yolo.bindInput(pixels);
  let least = yolo.model.runMilliseconds;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    using _output = await yolo.run(input);
    least = Math.min(least, performance.now() - started);
  }
  pixels.buffer.transfer(0);
  return least;
}
