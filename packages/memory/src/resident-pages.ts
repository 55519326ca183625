/**
 * Keeps what start-up touched from staying resident: pages of program text that ran once, and heap that the loading of
 * a model left free. One of the files that ask the operating system; without koffi, or elsewhere than on Linux with
 * glibc, it does nothing.
 */
import { readFileSync } from 'node:fs';
import { loadKoffi } from './native-library.ts';
import { settledMappings } from './settled-mappings.ts';

const adviceDontNeed = 4;
const optionMmapThreshold = -3;
const optionTrimThreshold = -1;
/** Below this a mapping is not worth a call. */
const leastBytes = 1024 * 1024;
/** Pages that come back within so many looks are in use; the step grows then, up to so many times itself. */
const looksOfIdlePages = 5;
const largestStepFactor = 1.5;
/** While a model loads, blocks from this size are mappings of their own and go back to the system when freed. */
const loadingThreshold = 128 * 1024;
/** glibc's own upper bound. For good it must be high: each run of a model would map and clear its tensors anew. */
const runningThreshold = 32 * 1024 * 1024;

interface Libc {
  madvise(address: bigint, byteLength: number, advice: number): number;
  mallopt(option: number, value: number): number;
  mallocTrim(pad: number): number;
}

export class ResidentPages implements Disposable {
  readonly #libc: Libc;
  /** Lines of the mappings that were found clean: never written to, so that the file holds the same bytes. */
  readonly #clean = new Map<string, boolean>();
  #timer: NodeJS.Timeout | undefined;
  #floorBytes = process.memoryUsage.rss();

  /** @returns `undefined` where the system has no such calls. */
  static async find(): Promise<ResidentPages | undefined> {
    if (process.platform !== 'linux') return undefined;
    const koffi = await loadKoffi();
    if (koffi === undefined) return undefined;
    try {
      const library = koffi.load('libc.so.6');
      return new ResidentPages({
        madvise: library.func('int madvise(uintptr_t address, size_t length, int advice)') as Libc['madvise'],
        mallopt: library.func('int mallopt(int option, int value)') as Libc['mallopt'],
        mallocTrim: library.func('int malloc_trim(size_t pad)') as Libc['mallocTrim'],
      });
    } catch (error) {
      // A libc of another name or without these functions: musl, most likely.
      if (!(error instanceof Error)) throw error;
      return undefined;
    }
  }

  private constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Until `loaded`: large blocks are mappings of their own. The option is the process's, so any thread may ask. */
  loading(): void {
    this.#libc.mallopt(optionMmapThreshold, loadingThreshold);
  }

  loaded(): void {
    this.#libc.mallopt(optionMmapThreshold, runningThreshold);
    this.#libc.mallopt(optionTrimThreshold, runningThreshold);
    this.release();
  }

  /**
   * Looks every `milliseconds` whether RSS has risen by `stepBytes` since the last release, and releases then. Meant
   * for the seconds of a start, and with a longer time and a larger step for ever.
   */
  watch(milliseconds: number, stepBytes: number): void {
    clearInterval(this.#timer);
    let step = stepBytes;
    let looksSinceRelease = 0;
    this.#timer = setInterval(() => {
      looksSinceRelease += 1;
      const rss = process.memoryUsage.rss();
      if (rss < this.#floorBytes) this.#floorBytes = rss;
      if (rss <= this.#floorBytes + step) return;
      // What is back at once is in use: giving it away again and again would only cost page faults.
      if (looksSinceRelease < looksOfIdlePages) step = Math.min(step * 1.5, stepBytes * largestStepFactor);
      looksSinceRelease = 0;
      this.release();
    }, milliseconds);
    this.#timer.unref();
  }

  /** Takes 1 to 2 ms, tens on a busy machine; what still runs comes back from the page cache by itself. */
  release(): void {
    this.#libc.mallocTrim(0);
    for (const { start, byteLength, line } of settledMappings(readFileSync('/proc/self/maps', 'utf8'))) {
      if (byteLength >= leastBytes && this.#isClean(line))
        this.#libc.madvise(start, byteLength, adviceDontNeed);
    }
    this.#floorBytes = process.memoryUsage.rss();
  }

  /** A mapping that was written to while it was loaded (relocations) holds pages that the file does not: they stay. */
  #isClean(line: string): boolean {
    if (!this.#clean.has(line)) this.#readClean();
    return this.#clean.get(line) === true;
  }

  #readClean(): void {
    this.#clean.clear();
    let mapping = '';
    for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
      if (/^[0-9a-f]+-/.test(line)) mapping = line;
      else if (line.startsWith('Anonymous:'))
        this.#clean.set(mapping, Number.parseInt(line.slice(10), 10) === 0);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
