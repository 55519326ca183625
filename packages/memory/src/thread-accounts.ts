/**
 * What all copies of this package within one thread share: a program may have two of them installed, and its profile is
 * to see the pools and the stages of both.
 */

/** Whoever measures stages. */
interface StageSink {
  /** Begins a stage inside of the one that runs; its disposal ends it. */
  enter(name: string): Disposable;
}

export interface ThreadAccounts {
  /** Bytes that the pools of this thread hold, leased or idle. */
  poolBytes: number;
  /** Measures the stages of this thread, while somebody profiles it. */
  stages: StageSink | undefined;
}

const place = Symbol.for('@plateau/memory/thread-accounts');
const holder = globalThis as { [place]?: ThreadAccounts };
holder[place] ??= { poolBytes: 0, stages: undefined };

export const threadAccounts: ThreadAccounts = holder[place];
