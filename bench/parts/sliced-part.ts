/** The other end of `time-slices.ts`: a program that works picture by picture until it is told to finish. */
import type { FromSliced, ToSliced } from '../harness/time-slices.ts';

const warmUpFrames = 60;

export class SlicedPart {
  readonly #enoughFrames: number;
  #frames = 0;
  #cpu = process.cpuUsage();
  readonly #finish: (() => void) | undefined;

  /**
   * @param enoughFrames Pictures after the warm-up from which the figure is good.
   * @param onFinish Ends the program; without it the process exits at once, which threads of native code do not take well.
   */
  constructor(enoughFrames: number, onFinish?: () => void) {
    this.#enoughFrames = enoughFrames;
    this.#finish = onFinish;
    process.on('message', (message: ToSliced) => {
      if (message.type === 'finish') this.#end();
    });
  }

  /** Counts one picture. */
  frameDone(): void {
    this.#frames += 1;
    if (this.#frames === warmUpFrames) {
      this.#cpu = process.cpuUsage();
      tell({ type: 'warm' });
    }
    if (this.#frames === warmUpFrames + this.#enoughFrames) tell({ type: 'enough' });
  }

  #end(): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    const frames = this.#frames - warmUpFrames;
    process.send?.({ type: 'result', frames, cpuSeconds: (user + system) / 1e6 } satisfies FromSliced, () => {
      if (this.#finish === undefined) process.exit(0);
      process.disconnect();
      this.#finish();
    });
  }
}

function tell(message: FromSliced): void {
  process.send?.(message);
}
