/**
 * The list of every live resource of one thread: what it is, whose, how large, since when and where it was made.
 *
 * It holds records, never the resources: a handle that the collector takes before anybody disposed of it is thereby
 * found (`forgotten`), named with its creation site, and stays in the books, since nobody has released what it stood for.
 */
import type { Clock } from './clock.ts';
import { creationSite } from './creation-site.ts';
import { LedgerPlaces, type SourcePlace } from './ledger-places.ts';
import { type LedgerRecord, type LedgerSnapshot, mostTelling } from './ledger-snapshot.ts';
import { type LedgerAccount, LedgerTotals } from './ledger-totals.ts';

/**
 * How hard forgotten resources are looked for. `off`: not at all. `simple`: the first 128 of each kind and one in 128
 * after that. `paranoid`: every one, at 2 to 5 µs each.
 */
export type LeakLevel = 'off' | 'simple' | 'paranoid';

/**
 * What is told of a resource when it comes into being. Its kind is the class or sort: `VideoCapture`, `Slab`; its stage the
 * step of the pipeline that holds it: `capture`, `inference`.
 */
export interface Tracked extends LedgerAccount {
  readonly bytes: number;
  readonly owner?: string | undefined;
  /** Look for it at every leak level but `off`, without sampling: for things that are few and dear. */
  readonly always?: boolean | undefined;
  /** The creation site is the caller of this function rather than the nearest one outside of this package. */
  // biome-ignore lint/complexity/noBannedTypes: captureStackTrace takes any function, of whatever signature.
  readonly siteBelow?: Function | undefined;
}

interface LiveRecord {
  readonly about: Tracked;
  readonly place: SourcePlace | undefined;
  readonly since: number;
  readonly ledger: Ledger;
  bytes: number;
  live: boolean;
  forgotten: boolean;
}

/** The receipt for one tracked resource. Its holder disposes of it together with the resource; twice is harmless. */
export class LedgerEntry implements Disposable {
  readonly #record: LiveRecord;

  /** @internal Entries come from `Ledger.track`. */
  constructor(record: LiveRecord) {
    this.#record = record;
  }

  /** Bytes of the resource now. Set it when the resource grows or shrinks. */
  get bytes(): number {
    return this.#record.bytes;
  }

  set bytes(bytes: number) {
    this.#record.ledger.resize(this.#record, bytes);
  }

  get live(): boolean {
    return this.#record.live;
  }

  [Symbol.dispose](): void {
    this.#record.ledger.release(this.#record);
  }
}

const sampleEvery = 128;

export class Ledger {
  /** Tells of each forgotten resource as soon as the collector reveals it (after a collection and a turn of the loop). */
  onForgotten: ((record: LedgerRecord) => void) | undefined;
  leakLevel: LeakLevel = 'simple';

  readonly #clock: Clock;
  readonly #thread: string;
  readonly #live = new Set<LiveRecord>();
  readonly #totals = new LedgerTotals();
  readonly #places = new LedgerPlaces();
  readonly #registry = new FinalizationRegistry<LiveRecord>((record) => this.#forget(record));
  #bytes = 0;
  #forgotten = 0;

  /** @param options.thread Names this thread in snapshots. */
  constructor(options: { clock: Clock; thread: string }) {
    this.#clock = options.clock;
    this.#thread = options.thread;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Live bytes of one kind. */
  bytesOf(kind: string): number {
    return this.#totals.bytesOf(kind);
  }

  /** Enters a resource. The caller owns the receipt. @throws RangeError when `bytes` is negative or no number. */
  track(about: Tracked): LedgerEntry {
    checkBytes(about.bytes);
    const watched = this.#isWatched(about);
    const site = watched ? creationSite(about.siteBelow ?? this.track) : undefined;
    const place = site === undefined ? undefined : this.#places.enter(about, site, about.bytes);
    const record: LiveRecord = {
      about,
      place,
      since: this.#clock(),
      ledger: this,
      bytes: about.bytes,
      live: true,
      forgotten: false,
    };
    this.#live.add(record);
    this.#bytes += about.bytes;
    this.#totals.enter(about, about.bytes);
    const entry = new LedgerEntry(record);
    if (watched) this.#registry.register(entry, record, record);
    return entry;
  }

  /** @internal Called by the entry. */
  release(record: LiveRecord): void {
    if (!record.live) return;
    record.live = false;
    this.#live.delete(record);
    this.#bytes -= record.bytes;
    this.#totals.leave(record.about, record.bytes);
    if (record.place === undefined) return;
    this.#places.leave(record.place, record.bytes);
    this.#registry.unregister(record);
  }

  /** @internal Called by the entry. */
  resize(record: LiveRecord, bytes: number): void {
    checkBytes(bytes);
    if (!record.live) return;
    const by = bytes - record.bytes;
    record.bytes = bytes;
    this.#bytes += by;
    if (record.place !== undefined) record.place.bytes += by;
    this.#totals.resize(record.about, by);
  }

  /** A picture of this moment that can be posted to other threads. @param recordLimit Single records in it. */
  snapshot(recordLimit: number = 64): LedgerSnapshot {
    const now = this.#clock();
    return {
      threads: [this.#thread],
      live: this.#live.size,
      bytes: this.#bytes,
      forgotten: this.#forgotten,
      ...this.#totals.snapshot(),
      records: mostTelling(this.#describeAll(now), recordLimit),
      places: this.#places.snapshot(this.#thread, recordLimit),
    };
  }

  #isWatched(about: Tracked): boolean {
    if (this.leakLevel === 'off') return false;
    if (this.leakLevel === 'paranoid' || about.always === true) return true;
    const tracked = this.#totals.trackedOf(about.kind);
    return tracked < sampleEvery || tracked % sampleEvery === 0;
  }

  #forget(record: LiveRecord): void {
    if (!record.live || record.forgotten) return;
    record.forgotten = true;
    if (record.place !== undefined) this.#places.forget(record.place, record.bytes);
    this.#forgotten += 1;
    this.onForgotten?.(this.#describe(record, this.#clock()));
  }

  #describe(record: LiveRecord, now: number): LedgerRecord {
    const { kind, owner, camera, stage } = record.about;
    const { bytes, place, forgotten } = record;
    const site = place?.site;
    const ageSeconds = now - record.since;
    return { kind, owner, camera, stage, bytes, ageSeconds, site, thread: this.#thread, forgotten };
  }

  *#describeAll(now: number): Generator<LedgerRecord> {
    for (const record of this.#live) yield this.#describe(record, now);
  }
}

function checkBytes(bytes: number): void {
  if (!(bytes >= 0 && Number.isFinite(bytes)))
    throw new RangeError(`bytes must be a number of at least 0, not ${bytes}`);
}
