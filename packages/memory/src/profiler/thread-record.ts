/** What a profiled program writes down, a file a thread: as plain data, so that it survives the program's end. */
import type { CallProfile } from '../call-meter.ts';
import type { StageReport } from '../stage-report.ts';
import type { FunctionRow } from './function-sampler.ts';
import type { LineRow } from './line-recorder.ts';

/** What a profiled program is told by way of its environment. */
export interface ProfileOrder {
  /** Where the records go. */
  readonly folder: string;
  /** Only the process that this one started is profiled, and not those that it starts in turn. */
  readonly parentPid: number;
  /** File whose lines are wanted, and the function that is meant. */
  readonly lines?: { readonly path: string; readonly functionName?: string | undefined } | undefined;
}

/** Name of the environment variable that holds the order as JSON. */
export const profileVariable = 'PLATEAU_PROFILE';

/** File of the folder that says in one sentence why the order could not be followed. */
export const refusalFile = 'refusal.txt';

export interface ThreadFailure {
  readonly message: string;
  readonly stack: string | null;
}

export interface ThreadLines {
  /** False where this thread did not import the file. */
  readonly wasLoaded: boolean;
  readonly rows: readonly LineRow[];
  readonly probeSeconds: number;
}

export interface ThreadRecord {
  /** `main`, or the name that the program gave the thread. */
  readonly thread: string;
  readonly isMain: boolean;
  /** On the system's monotonic clock: the same for all threads, so that their timelines can be put beside each other. */
  readonly startedAtSeconds: number;
  /** The thread itself as the root of its stages. */
  readonly stages: StageReport;
  /** Of the whole thread; `null` until its end, since nothing is collected before. */
  readonly call: CallProfile | null;
  /** Those that made most on V8's heap; none where lines are measured. */
  readonly functions: readonly FunctionRow[];
  readonly lines: ThreadLines | null;
  readonly failure: ThreadFailure | null;
  /** Threads that this one has begun so far. */
  readonly threadsBegun: number;
}
