/**
 * The memory limit that this process runs under. One of the few files that ask the operating system.
 *
 * Node's `process.constrainedMemory()` answers 18446744073709552000 where there is no limit, and knows nothing of limits
 * of the groups above; so the files are read here, upwards to the root, and the tightest counts.
 */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';

export interface MemoryLimit {
  /** `undefined`: no limit but the machine's own memory. */
  readonly limitBytes: number | undefined;
  readonly limitOrigin: 'cgroup v2' | 'cgroup v1' | 'none';
  readonly machineBytes: number;
}

/** Reads a file's text, or answers `undefined` where there is none. */
export type FileReader = (path: string) => string | undefined;

const root = '/sys/fs/cgroup';

/** @param read Passed in by tests. @param machineBytes A limit above this is none. */
export function readMemoryLimit(
  read: FileReader = readIfThere,
  machineBytes: number = totalmem(),
): MemoryLimit {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n');
  const v2 = pathOf(groups, (controllers) => controllers === '');
  const v1 = pathOf(groups, (controllers) => controllers.split(',').includes('memory'));
  // A machine may have both trees; the memory controller is in one of them.
  const found = [
    { limitOrigin: 'cgroup v2' as const, limitBytes: tightest(read, root, v2, 'memory.max') },
    {
      limitOrigin: 'cgroup v2' as const,
      limitBytes: tightest(read, join(root, 'unified'), v2, 'memory.max'),
    },
    {
      limitOrigin: 'cgroup v1' as const,
      limitBytes: tightest(read, join(root, 'memory'), v1, 'memory.limit_in_bytes'),
    },
  ]
    .filter((one) => one.limitBytes < machineBytes)
    .sort((a, b) => a.limitBytes - b.limitBytes)[0];
  return { ...(found ?? { limitBytes: undefined, limitOrigin: 'none' }), machineBytes };
}

/** A line is `id:controllers:path`; within a container's own namespace the path is `/`. */
function pathOf(groups: readonly string[], isMeant: (controllers: string) => boolean): string {
  for (const group of groups) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(group) ?? [];
    if (path !== '' && isMeant(controllers)) return path;
  }
  return '/';
}

function tightest(read: FileReader, tree: string, path: string, file: string): number {
  let limit = Number.POSITIVE_INFINITY;
  for (let folder = path; ; folder = dirname(folder)) {
    const text = read(join(tree, folder, file))?.trim();
    if (text !== undefined && /^\d+$/.test(text)) limit = Math.min(limit, Number(text));
    if (folder === '/' || folder === '.') return limit;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // Most systems have one of the trees only, and some let a process see none: both mean no limit from there.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
