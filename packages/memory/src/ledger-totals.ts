import type { LedgerSnapshot, LedgerTotal } from './ledger-snapshot.ts';

/** What a resource counts for. */
export interface LedgerAccount {
  readonly kind: string;
  readonly camera?: string | undefined;
  readonly stage?: string | undefined;
}

/** Sums of one kind, camera or stage. A changing twin of `LedgerTotal`. */
class RunningTotal {
  live = 0;
  bytes = 0;
  peakBytes = 0;
  tracked = 0;
  released = 0;

  enter(bytes: number): void {
    this.live += 1;
    this.tracked += 1;
    this.resize(bytes);
  }

  leave(bytes: number): void {
    this.live -= 1;
    this.released += 1;
    this.bytes -= bytes;
  }

  resize(by: number): void {
    this.bytes += by;
    if (this.bytes > this.peakBytes) this.peakBytes = this.bytes;
  }
}

/** Cameras come and go under ever new names: beyond so many, those that hold nothing any more are forgotten. */
const mostIdleCameras = 128;

/** A ledger's sums by kind, camera and stage of the pipeline. */
export class LedgerTotals {
  readonly #kinds = new Map<string, RunningTotal>();
  readonly #cameras = new Map<string, RunningTotal>();
  readonly #stages = new Map<string, RunningTotal>();

  bytesOf(kind: string): number {
    return this.#kinds.get(kind)?.bytes ?? 0;
  }

  /** Resources of a kind that were ever entered. */
  trackedOf(kind: string): number {
    return this.#kinds.get(kind)?.tracked ?? 0;
  }

  enter({ kind, camera, stage }: LedgerAccount, bytes: number): void {
    totalOf(this.#kinds, kind).enter(bytes);
    if (camera !== undefined) totalOf(this.#cameras, camera).enter(bytes);
    if (stage !== undefined) totalOf(this.#stages, stage).enter(bytes);
  }

  leave({ kind, camera, stage }: LedgerAccount, bytes: number): void {
    totalOf(this.#kinds, kind).leave(bytes);
    if (stage !== undefined) totalOf(this.#stages, stage).leave(bytes);
    if (camera === undefined) return;
    const ofCamera = totalOf(this.#cameras, camera);
    ofCamera.leave(bytes);
    if (ofCamera.live === 0 && this.#cameras.size > mostIdleCameras) this.#cameras.delete(camera);
  }

  resize({ kind, camera, stage }: LedgerAccount, by: number): void {
    totalOf(this.#kinds, kind).resize(by);
    if (camera !== undefined) totalOf(this.#cameras, camera).resize(by);
    if (stage !== undefined) totalOf(this.#stages, stage).resize(by);
  }

  snapshot(): Pick<LedgerSnapshot, 'byKind' | 'byCamera' | 'byStage'> {
    return {
      byKind: plainTotals(this.#kinds),
      byCamera: plainTotals(this.#cameras),
      byStage: plainTotals(this.#stages),
    };
  }
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
  return Object.fromEntries(
    [...totals].map(([name, { live, bytes, peakBytes, tracked, released }]) => [
      name,
      { live, bytes, peakBytes, tracked, released },
    ]),
  );
}
