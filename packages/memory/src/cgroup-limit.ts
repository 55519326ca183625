/**
 * The memory limit that this process runs under.
 *
 * Node's `process.constrainedMemory()` answers 18446744073709552000 where there is no limit, and knows nothing of limits
 * of the groups above; so the files are read here, upwards to the root, and the tightest counts.
 */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { cgroupRoot, type FileReader, groupFolders, groupPath, readIfThere } from './cgroup-files.ts';

export interface MemoryLimit {
  /** `undefined`: no limit but the machine's own memory. */
  readonly limitBytes: number | undefined;
  readonly limitOrigin: 'cgroup v2' | 'cgroup v1' | 'none';
  readonly machineBytes: number;
}

/** @param read Passed in by tests. @param machineBytes A limit above this is none. */
export function readMemoryLimit(
  read: FileReader = readIfThere,
  machineBytes: number = totalmem(),
): MemoryLimit {
  const v2 = groupPath(read);
  const v1 = groupPath(read, 'memory');
  // A machine may have both trees; the memory controller is in one of them.
  const found = [
    { limitOrigin: 'cgroup v2' as const, limitBytes: tightest(read, cgroupRoot, v2, 'memory.max') },
    {
      limitOrigin: 'cgroup v2' as const,
      limitBytes: tightest(read, join(cgroupRoot, 'unified'), v2, 'memory.max'),
    },
    {
      limitOrigin: 'cgroup v1' as const,
      limitBytes: tightest(read, join(cgroupRoot, 'memory'), v1, 'memory.limit_in_bytes'),
    },
  ]
    .filter((one) => one.limitBytes < machineBytes)
    .sort((a, b) => a.limitBytes - b.limitBytes)[0];
  return { ...(found ?? { limitBytes: undefined, limitOrigin: 'none' }), machineBytes };
}

function tightest(read: FileReader, tree: string, path: string, file: string): number {
  const limits = groupFolders(tree, path)
    .map((folder) => read(join(folder, file))?.trim() ?? '')
    .filter((text) => /^\d+$/.test(text));
  return Math.min(Number.POSITIVE_INFINITY, ...limits.map(Number));
}
