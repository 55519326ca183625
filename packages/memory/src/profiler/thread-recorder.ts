/** Profiles the thread that it runs in, and writes down what it found: each second, and at the thread's end. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, threadId, threadName } from 'node:worker_threads';
import { CallMeter, type CallProfile } from '../call-meter.ts';
import { monotonicSeconds, processSeconds } from '../clock.ts';
import { collectNow } from '../collector.ts';
import { StageProfiler } from '../stage-profiler.ts';
import { threadAccounts } from '../thread-accounts.ts';
import { FunctionSampler } from './function-sampler.ts';
import type { LineRecording } from './line-recording.ts';
import type { ProfileOrder, ThreadFailure, ThreadRecord } from './thread-record.ts';

const sampleMilliseconds = 50;
/** Records are written once a second, or less often (up to ten) where they take more than a hundredth of the time. */
const writePauseSeconds = 1;
const longestWritePauseSeconds = 10;
const writeShare = 0.003;
const functionRoom = 50;
/** Exit code of a program that a signal ends, and of one that throws. */
const interruptedCode = 130;
const failedCode = 1;

export class ThreadRecorder {
  readonly #order: ProfileOrder;
  readonly #lines: LineRecording | undefined;
  readonly #name = isMainThread ? 'main' : threadName || `thread-${threadId}`;
  readonly #profiler: StageProfiler;
  readonly #meter: CallMeter;
  readonly #functions: FunctionSampler | undefined;
  readonly #startedAtSeconds: number;
  #nextWriteSeconds: number;
  #hasStages = false;
  #threadsBegun = 0;
  #failure: ThreadFailure | null = null;

  /** Profiles from here on, until the thread ends by itself. */
  static start(order: ProfileOrder, lines: LineRecording | undefined): void {
    const recorder = new ThreadRecorder(order, lines);
    if (lines === undefined) threadAccounts.stages = { enter: (name) => recorder.#enter(name) };
    setInterval(() => recorder.#tick(), sampleMilliseconds).unref();
    process.on('exit', () => recorder.#end());
    process.on('worker', () => {
      recorder.#threadsBegun += 1;
    });
    if (isMainThread) recorder.#watchProcess();
  }

  private constructor(order: ProfileOrder, lines: LineRecording | undefined) {
    this.#order = order;
    this.#lines = lines;
    // By line the probes read memory already, and what else measures would count for the lines.
    // ownership: it ends with the thread, in #end
    this.#functions = lines === undefined ? new FunctionSampler() : undefined;
    collectNow();
    this.#profiler = new StageProfiler({ clock: monotonicSeconds });
    this.#startedAtSeconds = processSeconds();
    this.#nextWriteSeconds = monotonicSeconds() + writePauseSeconds;
    this.#meter = new CallMeter();
    // ownership: the thread itself, as the root of its stages; it ends with the thread
    this.#profiler.enter(this.#name);
    this.#profiler.sample();
  }

  /** What the program's loading left behind must not be freed in the middle of some stage. */
  #enter(name: string): Disposable {
    if (!this.#hasStages) {
      this.#hasStages = true;
      collectNow();
    }
    // A program that never rests gives timers no turn.
    if (monotonicSeconds() > this.#nextWriteSeconds) this.#write(null);
    return this.#profiler.enter(name);
  }

  /** A failure is the profile's to tell; a program that handles signals and failures itself goes on doing so. */
  #watchProcess(): void {
    process.on('uncaughtException', (error: unknown) => {
      if (process.listenerCount('uncaughtException') > 1) return;
      this.#failure = failureOf(error);
      process.exit(failedCode);
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (process.listenerCount(signal) === 1) process.exit(interruptedCode);
      });
    }
  }

  #tick(): void {
    // Whoever wanted the profile is gone: nobody would end this program any more.
    if (isMainThread && process.ppid !== this.#order.parentPid) process.exit(interruptedCode);
    this.#profiler.sample();
    if (monotonicSeconds() > this.#nextWriteSeconds) this.#write(null);
  }

  #end(): void {
    threadAccounts.stages = undefined;
    const tell = this.#meter.end();
    this.#functions?.[Symbol.dispose]();
    this.#profiler.sample();
    this.#lines?.[Symbol.dispose]();
    collectNow();
    this.#write(tell(this.#name));
  }

  #write(call: CallProfile | null): void {
    const began = monotonicSeconds();
    if (call === null) {
      this.#meter.tick();
      this.#functions?.tick();
    }
    const lines = this.#lines;
    const record: ThreadRecord = {
      thread: this.#name,
      isMain: isMainThread,
      startedAtSeconds: this.#startedAtSeconds,
      stages: this.#profiler.report(),
      call,
      functions: this.#functions?.rows(functionRoom) ?? [],
      lines:
        lines === undefined
          ? null
          : { wasLoaded: lines.wasLoaded, rows: lines.rows(), probeSeconds: lines.probeSeconds },
      failure: this.#failure,
      threadsBegun: this.#threadsBegun,
    };
    const path = join(this.#order.folder, `${threadId}.json`);
    writeFileSync(`${path}.partial`, JSON.stringify(record));
    renameSync(`${path}.partial`, path);
    const now = monotonicSeconds();
    const pause = Math.max(writePauseSeconds, (now - began) / writeShare);
    this.#nextWriteSeconds = now + Math.min(pause, longestWritePauseSeconds);
  }
}

function failureOf(error: unknown): ThreadFailure {
  if (!(error instanceof Error)) return { message: String(error), stack: null };
  return { message: error.message, stack: error.stack ?? null };
}
