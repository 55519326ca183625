import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, openSync, readlinkSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';

/**
 * A result while it grows: a hidden file of its own beside its place, which takes the name when it is whole. So there is
 * a whole result or none, and nobody's file is touched before. Owner: the writer; disposal removes what is not whole.
 */
export class PartialFile implements Disposable {
  readonly path: string;
  readonly #target: string;
  #isOver = false;

  /**
   * @param target Where the result will stand; a link is written through.
   * @throws Error of the file system, see `whyUnwritable`.
   */
  static create(target: string): PartialFile {
    return new PartialFile(behindLinks(target));
  }

  private constructor(target: string) {
    this.#target = target;
    // The name is cut so that it fits where the target's own does. The folder stays in front, since FFmpeg takes what
    // stands ahead of a colon for a protocol.
    const name = `.${basename(target).slice(0, 60)}.${randomBytes(6).toString('hex')}.partial`;
    this.path = `${dirname(target)}/${name}`;
    closeSync(openSync(this.path, 'wx'));
  }

  /** Gives the whole file its name. An older one of that name is replaced. @throws Error of the file system. */
  complete(): void {
    renameSync(this.path, this.#target);
    this.#isOver = true;
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    rmSync(this.path, { force: true });
  }
}

/** As many as Linux follows itself. */
const mostLinks = 40;

/** The file that a path means, whether it is there yet or not. The open files of a process (`/dev/stdout`) stay links. */
export function behindLinks(path: string): string {
  let target = path;
  for (let links = 0; links < mostLinks; links += 1) {
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    const folder = dirname(target);
    if (realpathSync(folder).startsWith('/proc/')) return target;
    const link = readlinkSync(target);
    // Not resolved as text: `..` behind a linked folder leads elsewhere.
    target = isAbsolute(link) ? link : `${folder}/${link}`;
  }
  return target;
}

/** Why a result cannot be written, in words. */
export function whyUnwritable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such folder',
    ENOTDIR: 'what should be its folder is a file',
    EISDIR: 'it is a folder',
    ENOSPC: 'the disk is full',
    EACCES: 'its rights forbid it',
    EPERM: 'its rights forbid it',
    EROFS: 'the disk is read-only',
    ELOOP: 'its links lead in a circle',
    ENAMETOOLONG: 'its name is too long',
  };
  return known[code] ?? code;
}
