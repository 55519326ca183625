/**
 * The list of every live resource of one thread: what it is, whose, how large, since when and where it was made.
 *
 * It holds records, never the resources: a handle that the collector takes before anybody disposed of it is thereby
 * found (`forgotten`), named with its creation site, and stays in the books, since nobody has released what it stood for.
 */
import type { Clock } from './clock.ts';
import { creationSite } from './creation-site.ts';
import type { LedgerPlace, LedgerRecord, LedgerSnapshot, LedgerTotal } from './ledger-snapshot.ts';
import { mostTelling } from './ledger-snapshot.ts';

/**
 * How hard forgotten resources are looked for. `off`: not at all. `simple`: the first 128 of each kind and one in 128
 * after that. `paranoid`: every one, at 2 to 5 µs each.
 */
export type LeakLevel = 'off' | 'simple' | 'paranoid';

/** What is told of a resource when it comes into being. */
export interface Tracked {
  /** The class or sort of resource: `VideoCapture`, `Slab`. */
  readonly kind: string;
  readonly bytes: number;
  readonly camera?: string | undefined;
  /** The step of the pipeline that holds it: `capture`, `inference`. */
  readonly stage?: string | undefined;
  readonly owner?: string | undefined;
  /** Look for it at every leak level but `off`, without sampling: for things that are few and dear. */
  readonly always?: boolean | undefined;
  /** The creation site is the caller of this function rather than the nearest one outside of this package. */
  // biome-ignore lint/complexity/noBannedTypes: captureStackTrace takes any function, of whatever signature.
  readonly siteBelow?: Function | undefined;
}

/** Sampled resources of one line. */
interface Place {
  readonly about: Tracked;
  readonly site: string;
  live: number;
  bytes: number;
}

interface LiveRecord {
  readonly about: Tracked;
  readonly place: Place | undefined;
  readonly since: number;
  readonly ledger: Ledger;
  bytes: number;
  live: boolean;
  forgotten: boolean;
}

/** Sums of one kind, camera or stage. A changing twin of `LedgerTotal`. */
class RunningTotal {
  live = 0;
  bytes = 0;
  peakBytes = 0;
  tracked = 0;
  released = 0;

  resize(by: number): void {
    this.bytes += by;
    if (this.bytes > this.peakBytes) this.peakBytes = this.bytes;
  }
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
/** Sums of cameras, and of lines, that hold nothing any more are kept up to so many. */
const mostIdleCameras = 128;
const mostIdlePlaces = 512;

export class Ledger {
  /** Tells of each forgotten resource as soon as the collector reveals it (after a collection and a turn of the loop). */
  onForgotten: ((record: LedgerRecord) => void) | undefined;
  leakLevel: LeakLevel = 'simple';

  readonly #clock: Clock;
  readonly #thread: string;
  readonly #live = new Set<LiveRecord>();
  readonly #kinds = new Map<string, RunningTotal>();
  readonly #cameras = new Map<string, RunningTotal>();
  readonly #stages = new Map<string, RunningTotal>();
  readonly #places = new Map<string, Place>();
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
    return this.#kinds.get(kind)?.bytes ?? 0;
  }

  /** Enters a resource. The caller owns the receipt. @throws RangeError when `bytes` is negative or no number. */
  track(about: Tracked): LedgerEntry {
    checkBytes(about.bytes);
    const kind = totalOf(this.#kinds, about.kind);
    const watched = this.#isWatched(about, kind);
    const place = watched ? this.#placeOf(about, creationSite(about.siteBelow ?? this.track)) : undefined;
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
    for (const total of this.#totalsOf(about)) {
      total.live += 1;
      total.tracked += 1;
      total.resize(about.bytes);
    }
    if (place !== undefined) {
      place.live += 1;
      place.bytes += about.bytes;
    }
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
    for (const total of this.#totalsOf(record.about)) {
      total.live -= 1;
      total.released += 1;
      total.resize(-record.bytes);
    }
    this.#forgetOldCamera(record.about.camera);
    if (record.place === undefined) return;
    record.place.live -= 1;
    record.place.bytes -= record.bytes;
    this.#registry.unregister(record);
    this.#forgetOldPlace(record.place);
  }

  /** @internal Called by the entry. */
  resize(record: LiveRecord, bytes: number): void {
    checkBytes(bytes);
    if (!record.live) return;
    const by = bytes - record.bytes;
    record.bytes = bytes;
    this.#bytes += by;
    if (record.place !== undefined) record.place.bytes += by;
    for (const total of this.#totalsOf(record.about)) total.resize(by);
  }

  /** A picture of this moment that can be posted to other threads. @param recordLimit Single records in it. */
  snapshot(recordLimit: number = 64): LedgerSnapshot {
    const now = this.#clock();
    return {
      threads: [this.#thread],
      live: this.#live.size,
      bytes: this.#bytes,
      forgotten: this.#forgotten,
      byKind: plainTotals(this.#kinds),
      byCamera: plainTotals(this.#cameras),
      byStage: plainTotals(this.#stages),
      records: mostTelling(this.#describeAll(now), recordLimit),
      places: this.#describePlaces(recordLimit),
    };
  }

  #isWatched(about: Tracked, kind: RunningTotal): boolean {
    if (this.leakLevel === 'off') return false;
    if (this.leakLevel === 'paranoid' || about.always === true) return true;
    return kind.tracked < sampleEvery || kind.tracked % sampleEvery === 0;
  }

  #forget(record: LiveRecord): void {
    if (!record.live || record.forgotten) return;
    record.forgotten = true;
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

  #describePlaces(limit: number): LedgerPlace[] {
    return [...this.#places.values()]
      .filter(({ live }) => live > 0)
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, limit)
      .map(({ about: { kind, camera, stage }, site, live, bytes }) => {
        return { kind, camera, stage, site, thread: this.#thread, live, bytes };
      });
  }

  /** Cameras come and go under ever new names: beyond some, those that hold nothing any more are forgotten. */
  #forgetOldCamera(camera: string | undefined): void {
    if (camera === undefined || this.#cameras.size <= mostIdleCameras) return;
    if (this.#cameras.get(camera)?.live === 0) this.#cameras.delete(camera);
  }

  /** Lines of source are few, and each stands here once for each camera. */
  #forgetOldPlace(place: Place): void {
    if (place.live > 0 || this.#places.size <= mostIdlePlaces) return;
    this.#places.delete(placeKey(place.about, place.site));
  }

  #placeOf(about: Tracked, site: string): Place {
    const key = placeKey(about, site);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { about: { ...about, siteBelow: undefined }, site, live: 0, bytes: 0 };
      this.#places.set(key, place);
    }
    return place;
  }

  #totalsOf(about: Tracked): RunningTotal[] {
    const totals = [totalOf(this.#kinds, about.kind)];
    if (about.camera !== undefined) totals.push(totalOf(this.#cameras, about.camera));
    if (about.stage !== undefined) totals.push(totalOf(this.#stages, about.stage));
    return totals;
  }
}

function checkBytes(bytes: number): void {
  if (!(bytes >= 0)) throw new RangeError(`bytes must be a number of at least 0, not ${bytes}`);
}

function placeKey({ kind, camera, stage }: Tracked, site: string): string {
  return `${kind}|${camera ?? ''}|${stage ?? ''}|${site}`;
}

function totalOf(totals: Map<string, RunningTotal>, name: string): RunningTotal {
  let total = totals.get(name);
  if (total === undefined) {
    total = new RunningTotal();
    totals.set(name, total);
  }
  return total;
}

function plainTotals(totals: ReadonlyMap<string, RunningTotal>): Record<string, LedgerTotal> {
  const plain: Record<string, LedgerTotal> = {};
  for (const [name, { live, bytes, peakBytes, tracked, released }] of totals) {
    plain[name] = { live, bytes, peakBytes, tracked, released };
  }
  return plain;
}
