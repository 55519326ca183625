import { readAllowedCpus } from '@plateau/memory';
import type { ThreadTiming } from './model-description.ts';
import { Yolo } from './yolo.ts';
import type { YoloOptions } from './yolo-options.ts';

/** One more run is timed for each count of threads, and further ones within this time; the quickest counts: others on the machine only make a run slower. */
const moreRuns = 3;
const moreMilliseconds = 120;
/** More threads must be this much faster: the others are wanted by capture and by the other cameras' models. */
const worthwhile = 0.8;

export interface MeasuredYolo {
  readonly yolo: Yolo;
  /** What was tried; empty where there was nothing to choose. */
  readonly timings: readonly ThreadTiming[];
  /** Why nothing was tried, half a sentence; `null` where something was. */
  readonly untried: string | null;
}

/**
 * Opens a model with as many threads as are worth it on this machine: 1, then 2, 4 and so on within the CPUs allowed, for
 * as long as each is clearly faster. So trying ends by itself: it takes three runs and an opening for each count, each faster
 * than the last one. Beside the one that wins, one other is open for that time.
 * Owner: the caller, of the model that is handed out; all others are closed.
 * @param allowed CPUs that this process may use at once; tests pass their own.
 * @throws PlateauError as `Yolo.open` does
 */
export async function openMeasured(
  path: string,
  options: Omit<YoloOptions, 'threads'>,
  allowed: number = readAllowedCpus(),
): Promise<MeasuredYolo> {
  await using undo = new AsyncDisposableStack();
  let best = undo.use(await Yolo.open(path, { ...options, threads: 1 }));
  const untried = nothingToTry(best, options, allowed);
  const timings: ThreadTiming[] = [];
  if (untried !== null) {
    undo.move();
    return { yolo: best, timings, untried };
  }
  timings.push({ threads: 1, milliseconds: await quickest(best) });
  for (let threads = 2; threads <= allowed; threads *= 2) {
    const next = undo.use(await Yolo.open(path, { ...options, threads }));
    const timing = { threads, milliseconds: await quickest(next) };
    const isWorthwhile = timing.milliseconds < worthwhile * timings.at(-1)!.milliseconds;
    timings.push(timing);
    await (isWorthwhile ? best : next)[Symbol.asyncDispose]();
    if (!isWorthwhile) break;
    best = next;
  }
  undo.move();
  return { yolo: best, timings, untried };
}

function nothingToTry(
  { model }: Yolo,
  options: Omit<YoloOptions, 'threads'>,
  allowed: number,
): string | null {
  if (model.device !== 'cpu') return `the model runs on ${model.device}`;
  if (options.memoryLimitBytes !== undefined) return 'a second model would take of the memory that is capped';
  return allowed > 1 ? null : 'there is one CPU for this process';
}

async function quickest(yolo: Yolo): Promise<number> {
  const [height, width] = yolo.model.input;
  const pixels = new Float32Array(3 * height * width);
  const input = yolo.bindInput(pixels);
  let least = yolo.model.runMilliseconds;
  const until = performance.now() + moreMilliseconds;
  for (let run = 0; run < moreRuns && (run === 0 || performance.now() + least < until); run++) {
    const started = performance.now();
    using _output = await yolo.run(input);
    least = Math.min(least, performance.now() - started);
  }
  pixels.buffer.transfer(0);
  return least;
}
