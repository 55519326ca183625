import { type LedgerPlace, largestPlaces } from './ledger-snapshot.ts';
import type { LedgerAccount } from './ledger-totals.ts';

/** Sampled resources of one line, for one camera. */
export interface SourcePlace {
  readonly kind: string;
  readonly camera: string | undefined;
  readonly stage: string | undefined;
  readonly site: string;
  live: number;
  bytes: number;
  forgotten: number;
  forgottenBytes: number;
}

/** Lines of source are few, but each stands here once for each camera: beyond so many, those that hold nothing go. */
const mostIdlePlaces = 512;

/** A ledger's sampled resources by the line that made them. */
export class LedgerPlaces {
  readonly #places = new Map<string, SourcePlace>();

  /** @returns The place, to be given back to `leave`. */
  enter({ kind, camera, stage }: LedgerAccount, site: string, bytes: number): SourcePlace {
    const key = keyOf(kind, camera, stage, site);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { kind, camera, stage, site, live: 0, bytes: 0, forgotten: 0, forgottenBytes: 0 };
      this.#places.set(key, place);
    }
    place.live += 1;
    place.bytes += bytes;
    return place;
  }

  leave(place: SourcePlace, bytes: number): void {
    place.live -= 1;
    place.bytes -= bytes;
    if (place.live > 0 || this.#places.size <= mostIdlePlaces) return;
    this.#places.delete(keyOf(place.kind, place.camera, place.stage, place.site));
  }

  /** A resource of this place will never leave: nobody holds it any more. */
  forget(place: SourcePlace, bytes: number): void {
    place.forgotten += 1;
    place.forgottenBytes += bytes;
  }

  /** Those that hold most. @param thread Names this thread. */
  snapshot(thread: string, limit: number): LedgerPlace[] {
    const holding = [...this.#places.values()].filter(({ live }) => live > 0);
    return largestPlaces(holding, limit).map((place) => ({ ...place, thread }));
  }
}

function keyOf(kind: string, camera: string | undefined, stage: string | undefined, site: string): string {
  return `${kind}|${camera ?? ''}|${stage ?? ''}|${site}`;
}
