/**
 * Memory of the process, by who holds it, with an honest remainder. A sample costs about 10 µs (bench/monitor.ts).
 */
import { type MemoryLimit, readMemoryLimit } from './cgroup-limit.ts';
import { type Clock, monotonicSeconds } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { SlabPool } from './slab-pool.ts';
import { ledger as threadLedger, threadName } from './thread-ledger.ts';
import { type ThreadMemory, threadMemory } from './thread-memory.ts';

/** GPU memory as NVML tells it. */
export interface GpuMemory {
  readonly name: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** Held by the driver for itself. */
  readonly reservedBytes: number;
  /** Of this process, or `undefined` where the driver does not tell. */
  readonly usedByUsBytes: number | undefined;
}

export interface MemorySample {
  /** On the monitor's clock. */
  readonly atSeconds: number;
  readonly rssBytes: number;
  /** Sums over this thread and those passed in. */
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  readonly externalBytes: number;
  readonly arrayBufferBytes: number;
  /** What the ledgers list, and the part of it that is neither V8's nor a buffer's: kinds named as native. */
  readonly ledgerBytes: number;
  readonly nativeBytes: number;
  /** Slabs of shared memory, leased and idle. They are among the array buffers of the thread that made them. */
  readonly sharedBytes: number;
  readonly liveResources: number;
  readonly threads: number;
  readonly limitBytes: number | undefined;
  readonly limitOrigin: MemoryLimit['limitOrigin'];
  readonly machineBytes: number;
  /**
   * RSS − V8's heaps − array buffers − known native. What is left is code, stacks, libraries, malloc's own reserve, and
   * leaks of native code. Below zero when buffers were made whose pages nobody has touched.
   */
  readonly unaccountedBytes: number;
  /** Absent without a GPU, and where none was asked. */
  readonly gpus: readonly GpuMemory[];
}

export interface MemoryMonitorOptions {
  readonly clock?: Clock | undefined;
  readonly ledger?: Ledger | undefined;
  readonly slabs?: SlabPool | undefined;
  /** Kinds in the ledger whose bytes lie outside of V8 and of array buffers: `VideoCapture`, `InferenceSession`. */
  readonly nativeKinds?: readonly string[] | undefined;
  readonly gpus?: (() => readonly GpuMemory[]) | undefined;
  readonly limit?: (() => MemoryLimit) | undefined;
  /** The limit is read again after so many seconds, since a container's can be changed while it runs. Default: 30. */
  readonly limitEverySeconds?: number | undefined;
}

export class MemoryMonitor {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #options: MemoryMonitorOptions;
  readonly #threads = new Map<string, ThreadMemory>();
  #limit: MemoryLimit;
  #limitRead: number;

  constructor(options: MemoryMonitorOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? monotonicSeconds;
    this.#ledger = options.ledger ?? threadLedger;
    this.#limit = (options.limit ?? readMemoryLimit)();
    this.#limitRead = this.#clock();
  }

  /** Notes what another thread posted about itself; it counts until the thread posts anew or is forgotten. */
  noteThread(memory: ThreadMemory): void {
    this.#threads.set(memory.thread, memory);
  }

  /** A thread has ended. */
  forgetThread(thread: string): void {
    this.#threads.delete(thread);
  }

  /** @throws What the system answers when it cannot be read: a gate that sees no memory must not pass. */
  sample(): MemorySample {
    const atSeconds = this.#clock();
    const rssBytes = process.memoryUsage.rss();
    const threads = [threadMemory(threadName), ...this.#threads.values()];
    const heapTotalBytes = sumOf(threads, 'heapTotalBytes');
    const arrayBufferBytes = sumOf(threads, 'arrayBufferBytes');
    const nativeBytes = (this.#options.nativeKinds ?? []).reduce(
      (sum, kind) => sum + this.#ledger.bytesOf(kind),
      0,
    );
    return {
      atSeconds,
      rssBytes,
      heapUsedBytes: sumOf(threads, 'heapUsedBytes'),
      heapTotalBytes,
      externalBytes: sumOf(threads, 'externalBytes'),
      arrayBufferBytes,
      ledgerBytes: this.#ledger.bytes,
      nativeBytes,
      sharedBytes:
        this.#options.slabs?.heldBytes ?? this.#ledger.bytesOf('Slab') + this.#ledger.bytesOf('IdleSlab'),
      liveResources: this.#ledger.liveCount,
      threads: threads.length,
      ...this.#limitNow(atSeconds),
      unaccountedBytes: rssBytes - heapTotalBytes - arrayBufferBytes - nativeBytes,
      gpus: this.#options.gpus?.() ?? [],
    };
  }

  #limitNow(now: number): MemoryLimit {
    if (now - this.#limitRead >= (this.#options.limitEverySeconds ?? 30)) {
      this.#limit = (this.#options.limit ?? readMemoryLimit)();
      this.#limitRead = now;
    }
    return this.#limit;
  }
}

function sumOf(threads: readonly ThreadMemory[], field: Exclude<keyof ThreadMemory, 'thread'>): number {
  let sum = 0;
  for (const thread of threads) sum += thread[field];
  return sum;
}
