/**
 * Measures CPU time of several programs side by side although the machine's speed drifts: each gets the processor for a
 * slice in turn while the others are stopped, so that all of them see the same drift. What a program counts as CPU
 * time does not run while it is stopped.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a sliced program says when it is told to finish. */
export interface SliceResult {
  readonly frames: number;
  readonly cpuSeconds: number;
}

export type ToSliced = { readonly type: 'finish' };
export type FromSliced =
  | { readonly type: 'warm' }
  /** It has done all that it was asked for and goes on until it is told to finish. */
  | { readonly type: 'enough' }
  | ({ readonly type: 'result' } & SliceResult);

class SlicedProgram {
  readonly warm = Promise.withResolvers<void>();
  readonly result = Promise.withResolvers<SliceResult>();
  enough = false;
  readonly #child: ChildProcess;

  constructor(file: URL, args: readonly string[]) {
    this.#child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message: FromSliced) => {
      if (message.type === 'warm') this.warm.resolve();
      else if (message.type === 'enough') this.enough = true;
      else this.result.resolve(message);
    });
    this.#child.on('exit', (code) => {
      const error = new Error(`${file.pathname} ended early with exit code ${code}`);
      this.warm.reject(error);
      this.result.reject(error);
    });
    // Looked at when it is waited for; until then a failure is no unhandled one.
    this.result.promise.catch(() => undefined);
  }

  stop(): void {
    this.#child.kill('SIGSTOP');
  }

  go(): void {
    this.#child.kill('SIGCONT');
  }

  finish(): void {
    this.#child.send({ type: 'finish' } satisfies ToSliced);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

export interface SliceOrder {
  readonly file: URL;
  readonly args: readonly string[];
}

/**
 * @param programs By name; the slices end when all of them have said `enough`.
 * @returns CPU seconds a frame by name.
 */
export async function cpuSecondsPerFrame<Name extends string>(
  programs: Readonly<Record<Name, SliceOrder>>,
  sliceSeconds = 0.7,
  timeoutSeconds = 300,
): Promise<Record<Name, number>> {
  const names = Object.keys(programs) as Name[];
  const running = new Map<Name, SlicedProgram>();
  try {
    for (const name of names) {
      const program = new SlicedProgram(programs[name].file, programs[name].args);
      running.set(name, program);
      await program.warm.promise;
      program.stop();
    }
    const until = performance.now() + timeoutSeconds * 1000;
    while (![...running.values()].every(({ enough }) => enough)) {
      if (performance.now() > until)
        throw new Error(`the programs did not come far enough in ${timeoutSeconds} s`);
      for (const program of running.values()) {
        program.go();
        await sleep(sliceSeconds * 1000);
        program.stop();
      }
    }
    const results = {} as Record<Name, number>;
    for (const [name, program] of running) {
      program.finish();
      program.go();
      const { frames, cpuSeconds } = await program.result.promise;
      results[name] = cpuSeconds / frames;
    }
    return results;
  } finally {
    for (const program of running.values()) program.kill();
  }
}
