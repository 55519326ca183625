/** Which lines copy, how much, and for nothing: the document's third common mistake, counted. */
import { creationSite } from './creation-site.ts';

/** Copies of one line of source. */
export interface CopySite {
  /** `file:line:column` */
  readonly site: string;
  readonly copies: number;
  readonly bytes: number;
  /** Copies that were thrown away without ever having been written to: the original would have done. */
  readonly needless: number;
  readonly needlessBytes: number;
}

/** One copy that was made, to be told of its end. */
export interface CopyTicket {
  /** @param wasWritten Whether anybody changed the copy. */
  done(wasWritten: boolean): void;
}

class Counts {
  copies = 0;
  bytes = 0;
  needless = 0;
  needlessBytes = 0;
}

export class CopyCounts {
  readonly #sites = new Map<string, Counts>();

  /** Enters a copy, by the line that called `below`. */
  // biome-ignore lint/complexity/noBannedTypes: captureStackTrace takes any function, of whatever signature.
  count(bytes: number, below: Function): CopyTicket {
    const site = creationSite(below);
    const counts = this.#sites.get(site) ?? new Counts();
    this.#sites.set(site, counts);
    counts.copies += 1;
    counts.bytes += bytes;
    return {
      done: (wasWritten) => {
        if (wasWritten) return;
        counts.needless += 1;
        counts.needlessBytes += bytes;
      },
    };
  }

  /** All lines that copied, those with the most needless bytes first. */
  report(): CopySite[] {
    return [...this.#sites]
      .map(([site, { copies, bytes, needless, needlessBytes }]) => ({
        site,
        copies,
        bytes,
        needless,
        needlessBytes,
      }))
      .sort((a, b) => b.needlessBytes - a.needlessBytes || b.bytes - a.bytes);
  }
}

/** The copies of this thread. */
export const copyCounts: CopyCounts = new CopyCounts();
