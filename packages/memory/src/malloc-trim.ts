/** Asks glibc to give its free memory back to the system. One of the files that ask the operating system. */
import { loadKoffi } from './native-library.ts';

/** Takes half a millisecond, and up to tens of them on a fragmented heap: never on a frame's path. */
export type MallocTrim = () => boolean;

/** @returns `undefined` without koffi, and where the C library has no such function (musl, macOS, Windows). */
export async function findMallocTrim(): Promise<MallocTrim | undefined> {
  if (process.platform !== 'linux') return undefined;
  const koffi = await loadKoffi();
  if (koffi === undefined) return undefined;
  try {
    const trim = koffi.load('libc.so.6').func('int malloc_trim(size_t pad)');
    return () => trim(0) === 1;
  } catch (error) {
    // A libc of another name or without the function: musl, most likely.
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}
