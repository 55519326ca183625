/**
 * The gate that fails a build when memory is not flat: RSS, V8's heap after a collection, and the ledger, each judged by
 * the equivalence test with a bound of its own. What grew is named, with its line.
 */
import { assessFlatness, type Flatness, type MemoryPoint } from './flatness.ts';
import { diffLedgerSnapshots } from './ledger-diff.ts';
import type { LedgerSnapshot } from './ledger-snapshot.ts';

export interface FlatMemoryGateOptions {
  /** @throws where it cannot be read: a gate that sees nothing must not pass. */
  readonly rss: () => number;
  /** Collects garbage, so that what is left on the heap is what is held. */
  readonly collect: () => void;
  readonly heapUsed: () => number;
  /** Bytes in the ledger, which is asked at each sample; and the whole of it, twice a run. */
  readonly ledgerBytes: () => number;
  readonly ledger: () => LedgerSnapshot;
  /** Default: 20. */
  readonly sampleEveryFrames?: number | undefined;
  /** Collections are dear; at least a hundred of them are needed in the judged part of a run. Default: 100. */
  readonly collectEveryFrames?: number | undefined;
  /** Bytes a frame. Default: RSS 512, heap 256, ledger 64. */
  readonly bounds?: { readonly rss?: number; readonly heap?: number; readonly ledger?: number } | undefined;
  /** Default: a fifth of the run. */
  readonly warmUpFrames?: number | undefined;
}

/** What has grown most, and where it is made. */
export interface LeakOwner {
  readonly kind: string;
  readonly camera: string | undefined;
  readonly stage: string | undefined;
  readonly site: string | undefined;
  readonly live: number;
  readonly bytes: number;
}

export interface GateVerdict {
  /** True only when all three are. */
  readonly flat: boolean;
  readonly verdict: Flatness['verdict'];
  readonly rss: Flatness;
  readonly heap: Flatness;
  readonly ledger: Flatness;
  /** `undefined` when it is flat, and when nothing in the ledger grew: then the leak lies outside of it. */
  readonly owner: LeakOwner | undefined;
}

export class FlatMemoryGate {
  readonly #options: FlatMemoryGateOptions;
  readonly #rss: MemoryPoint[] = [];
  readonly #heap: MemoryPoint[] = [];
  readonly #ledger: MemoryPoint[] = [];
  #before: LedgerSnapshot;
  #warm = false;

  constructor(options: FlatMemoryGateOptions) {
    this.#options = options;
    this.#before = options.ledger();
  }

  /** To be called after each frame. */
  frameDone(frame: number): void {
    const {
      rss,
      ledger,
      ledgerBytes,
      collect,
      heapUsed,
      sampleEveryFrames = 20,
      collectEveryFrames = 100,
    } = this.#options;
    if (frame % collectEveryFrames === 0) {
      collect();
      this.#heap.push({ frame, bytes: heapUsed() });
    }
    if (frame % sampleEveryFrames !== 0) return;
    this.#rss.push({ frame, bytes: rss() });
    // One byte is added, since an empty ledger is a good one and 0 means "could not be read" to the test.
    this.#ledger.push({ frame, bytes: ledgerBytes() + 1 });
    if (this.#warm || frame < (this.#options.warmUpFrames ?? Number.POSITIVE_INFINITY)) return;
    this.#warm = true;
    this.#before = ledger();
  }

  judge(): GateVerdict {
    const { bounds = {} } = this.#options;
    const last = this.#rss.at(-1)?.frame ?? 0;
    const { warmUpFrames = last / 5 } = this.#options;
    const of = (points: readonly MemoryPoint[], boundBytesPerFrame: number): Flatness =>
      assessFlatness(points, { boundBytesPerFrame, warmUpFrames });
    const rss = of(this.#rss, bounds.rss ?? 512);
    const heap = of(this.#heap, bounds.heap ?? 256);
    const ledger = of(this.#ledger, bounds.ledger ?? 64);
    const verdicts = [rss.verdict, heap.verdict, ledger.verdict];
    const flat = verdicts.every((one) => one === 'flat');
    const verdict = flat ? 'flat' : verdicts.includes('leaking') ? 'leaking' : 'undecided';
    return { flat, verdict, rss, heap, ledger, owner: flat ? undefined : this.#owner() };
  }

  #owner(): LeakOwner | undefined {
    const { growth, places } = diffLedgerSnapshots(this.#before, this.#options.ledger());
    const grown = growth.find((one) => one.by === 'kind' && (one.bytes > 0 || one.live > 0));
    if (grown === undefined) return undefined;
    const place = places.find((one) => one.kind === grown.name);
    const { camera, stage, site } = place ?? { camera: undefined, stage: undefined, site: undefined };
    return { kind: grown.name, camera, stage, site, live: grown.live, bytes: grown.bytes };
  }
}
