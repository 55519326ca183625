/** Where the limits of this process's control groups are written. One of the few files that ask the operating system. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Reads a file's text, or answers `undefined` where there is none. */
export type FileReader = (path: string) => string | undefined;

export const cgroupRoot = '/sys/fs/cgroup';

/** Path of this process's group: of cgroup v2 without a name, of v1 by the name of its controller; `/` where it is not told. */
export function groupPath(read: FileReader, controller?: string): string {
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    // A line is `id:controllers:path`; within a container's own namespace the path is `/`.
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const isMeant =
      controller === undefined ? controllers === '' : controllers.split(',').includes(controller);
    if (path !== '' && isMeant) return path;
  }
  return '/';
}

/** The folders of a group and of those above it, in which limits may stand: all of them hold. */
export function groupFolders(tree: string, path: string): string[] {
  const folders: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    folders.push(join(tree, folder));
    if (folder === '/' || folder === '.') return folders;
  }
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // Most systems have one of the trees only, and some let a process see none: both mean no limit from there.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
