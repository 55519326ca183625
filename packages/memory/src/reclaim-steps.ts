/** The steps of the usual ladder, in the usual order. What belongs to a runtime (its arena, its caches) is added by its user. */
import type { BufferSource } from './buffer-lease.ts';
import { collectAndFinalize } from './collector.ts';
import type { MallocTrim } from './malloc-trim.ts';
import type { ReclaimStep } from './reclaim-ladder.ts';
import type { SlabPool } from './slab-pool.ts';

/** Drops idle buffers of a pool; their bytes are free at once. */
export function idleBuffersStep(pool: BufferSource, keepBytes: number = 0): ReclaimStep {
  return { name: 'idle buffers', run: () => pool.trim(keepBytes) };
}

/** Drops idle slabs; their bytes are free after the collector's step. */
export function idleSlabsStep(slabs: SlabPool, keepBytes: number = 0): ReclaimStep {
  return { name: 'idle slabs', run: () => slabs.trim(keepBytes), freedLater: true };
}

/** V8's full collection, and the turns of the loop in which finalizers run. */
export function collectorStep(): ReclaimStep {
  return {
    name: 'collector',
    run: async () => {
      const before = process.memoryUsage();
      await collectAndFinalize();
      const after = process.memoryUsage();
      return before.heapUsed - after.heapUsed + (before.arrayBuffers - after.arrayBuffers);
    },
  };
}

/** malloc's free lists to the system. @param trim From `findMallocTrim`; what it gains only RSS can tell. */
export function mallocTrimStep(trim: MallocTrim): ReclaimStep {
  return {
    name: 'malloc_trim',
    run: () => {
      trim();
      return undefined;
    },
  };
}
