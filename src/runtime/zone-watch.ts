import { ZoneBlockage, type ZoneEvent } from '../alarms/zone-blockage.ts';
import type { ZoneSettings } from './settings.ts';
import type { AnnotatedZone } from './thread-protocol.ts';

/** What one zone shows now. */
export interface ZoneStatus {
  readonly name: string;
  /** Raw coverage of the newest decision, `null` where it is unknown. */
  readonly coverage: number | null;
  readonly smoothedCoverage: number | null;
  /** Why `coverage` is null. */
  readonly unknownReason: string | null;
  readonly state: 'clear' | 'blocked';
  readonly pendingSince: number | null;
}

/** One zone under watch: its newest coverage, why that may be unknown, and its state. */
export class ZoneWatch {
  readonly name: string;
  readonly #blockage: ZoneBlockage;
  #coverage: number | null = null;
  #unknownReason: string | null = 'no picture yet';

  constructor(settings: ZoneSettings) {
    this.name = settings.zone.name;
    this.#blockage = new ZoneBlockage(settings.blockage);
  }

  /** Takes the next value; `null` says that it cannot be known, and why. */
  update(timeSeconds: number, coverage: number | null, unknownReason: string | null): ZoneEvent | undefined {
    this.#coverage = coverage;
    this.#unknownReason = coverage === null ? (unknownReason ?? 'the picture cannot be trusted') : null;
    return this.#blockage.update(timeSeconds, coverage);
  }

  /** The source's time broke off: no delay is measured across this moment. */
  breakOff(): void {
    this.#blockage.breakRun();
  }

  /** No more values come for now: the last one must not stand as if it were the present. */
  lose(reason: string): void {
    this.#coverage = null;
    this.#unknownReason = reason;
    this.#blockage.breakRun();
  }

  get status(): ZoneStatus {
    return {
      name: this.name,
      coverage: this.#coverage,
      smoothedCoverage: this.#blockage.smoothedCoverage,
      unknownReason: this.#unknownReason,
      state: this.#blockage.state,
      pendingSince: this.#blockage.pendingSince ?? null,
    };
  }

  get annotation(): AnnotatedZone {
    return { name: this.name, coverage: this.#coverage, state: this.#blockage.state };
  }
}
