import type { Device } from './model-description.ts';

/** How a model is opened. */
export interface YoloOptions {
  /** Class names in order, instead of those in the file. */
  readonly names?: readonly string[] | undefined;
  /** `auto`: CUDA where its provider is installed and starts, else the CPU. */
  readonly device?: Device | 'auto' | undefined;
  /** Threads inside the runtime; default 1. */
  readonly threads?: number | undefined;
  /** [height, width] for a model of open size; default: what its metadata say. */
  readonly inputSize?: readonly [height: number, width: number] | undefined;
  /**
   * The runtime's memory arena. Default: on for large inputs of fixed size (10 % less CPU time a run at 640, no higher peak);
   * off for small ones, where it only costs memory, and for open sizes, since what it took for the largest it keeps for ever.
   */
  readonly memoryArena?: boolean | undefined;
  /**
   * A hard cap on what the runtime takes on the CPU, weights included; none by default. A run that needs more is refused
   * (ERR_BUDGET_EXCEEDED), what it had taken is given back, and the next one works.
   */
  readonly memoryLimitBytes?: number | undefined;
}
