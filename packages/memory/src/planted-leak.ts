/**
 * Leaks on purpose, one for each place where memory can be: the proof that a gate which passes would also fail. Each is in
 * the ledger, so that what is found can be named.
 */
import type { Ledger, LedgerEntry } from './ledger.ts';
import { loadKoffi } from './native-library.ts';
import { ledger as threadLedger } from './thread-ledger.ts';

/** Where the leaked bytes lie. */
export type LeakPlace = 'v8' | 'array-buffer' | 'shared' | 'native';

type Allocate = (bytes: number) => unknown;

export class PlantedLeak implements Disposable {
  readonly place: LeakPlace;
  readonly #allocate: Allocate;
  readonly #release: (kept: unknown) => void;
  readonly #kept: unknown[] = [];
  readonly #entries: LedgerEntry[] = [];
  readonly #ledger: Ledger;

  private constructor(
    place: LeakPlace,
    allocate: Allocate,
    release: (kept: unknown) => void,
    ledger: Ledger,
  ) {
    this.place = place;
    this.#allocate = allocate;
    this.#release = release;
    this.#ledger = ledger;
  }

  /** @returns `undefined` for native memory without koffi. */
  static async plant(place: LeakPlace, ledger: Ledger = threadLedger): Promise<PlantedLeak | undefined> {
    if (place !== 'native') return new PlantedLeak(place, allocators[place], () => undefined, ledger);
    const koffi = await loadKoffi();
    if (koffi === undefined || process.platform !== 'linux') return undefined;
    const libc = koffi.load('libc.so.6');
    const calloc = libc.func('uintptr_t malloc(size_t bytes)');
    const fill = libc.func('uintptr_t memset(uintptr_t at, int value, size_t bytes)');
    const free = libc.func('void free(uintptr_t at)');
    const allocate = (bytes: number): unknown => fill(calloc(bytes), 1, bytes);
    return new PlantedLeak(place, allocate, (kept) => void free(kept), ledger);
  }

  /** Leaks so many bytes, touched, so that they are resident. To be called once a frame. */
  leak(bytes: number, camera?: string): void {
    this.#kept.push(this.#allocate(bytes));
    const kind = `PlantedLeak (${this.place})`;
    this.#entries.push(this.#ledger.track({ kind, bytes, camera, stage: 'soak', siteBelow: this.leak }));
  }

  /** Gives all of it back, after the proof. */
  [Symbol.dispose](): void {
    for (const kept of this.#kept.splice(0)) this.#release(kept);
    for (const entry of this.#entries.splice(0)) entry[Symbol.dispose]();
  }
}

const allocators: Readonly<Record<Exclude<LeakPlace, 'native'>, Allocate>> = {
  // Numbers that are no small integers: eight bytes each in V8's heap.
  v8: (bytes) => Array.from({ length: Math.ceil(bytes / 8) }, (_, at) => at + 0.5),
  'array-buffer': (bytes) => new Uint8Array(bytes).fill(1),
  shared: (bytes) => new Uint8Array(new SharedArrayBuffer(bytes)).fill(1),
};
