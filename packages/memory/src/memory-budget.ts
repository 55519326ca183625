/**
 * Budgets for the whole and for each camera. Memory is reserved before it is allocated; what does not fit walks down a
 * declared ladder of what is given up first, with the alarm path last, and is refused if that does not suffice.
 */
import { BudgetExceededError } from './errors.ts';

/** Something that can be given up under pressure. */
export interface Sacrifice {
  readonly name: string;
  /** Gives up about so many bytes, if it can, by ending reservations of the same budget. */
  readonly giveUp: (bytes: number) => void;
  /** Touches what raises alarms: stands last on the ladder, and is asked only for others of the alarm path. */
  readonly alarmPath?: boolean | undefined;
}

export interface ReserveOptions {
  /** What the bytes are for; stands in the error. */
  readonly purpose?: string | undefined;
  /** Needed to raise alarms: may use what is set aside for that. */
  readonly alarmPath?: boolean | undefined;
}

/** Bytes that are set aside. Its holder disposes of it when they are free again; twice is harmless. */
export interface Reservation extends Disposable {
  readonly bytes: number;
}

export interface MemoryBudgetOptions {
  /** In the order in which they are given up. */
  readonly ladder?: readonly Sacrifice[] | undefined;
  /** Set aside for the alarm path. Default: 0. */
  readonly alarmReserveBytes?: number | undefined;
}

export class MemoryBudget {
  readonly name: string;
  readonly budgetBytes: number;
  readonly #parent: MemoryBudget | undefined;
  readonly #ladder: readonly Sacrifice[];
  readonly #alarmReserveBytes: number;
  readonly #cameras = new Map<string, MemoryBudget>();
  readonly #sacrificed = new Map<string, number>();
  #usedBytes = 0;
  #refused = 0;

  /** @throws RangeError for a budget that is none. TypeError when the alarm path does not stand last on the ladder. */
  constructor(name: string, budgetBytes: number, options: MemoryBudgetOptions = {}, parent?: MemoryBudget) {
    if (!(budgetBytes >= 0))
      throw new RangeError(`the budget of ${name} must be a number of bytes, not ${budgetBytes}`);
    const { ladder = [], alarmReserveBytes = 0 } = options;
    if (!(alarmReserveBytes >= 0 && alarmReserveBytes <= budgetBytes))
      throw new RangeError(
        `alarmReserveBytes of ${name} must be from 0 to its budget, not ${alarmReserveBytes}`,
      );
    const firstAlarm = ladder.findIndex((one) => one.alarmPath === true);
    if (firstAlarm !== -1 && ladder.slice(firstAlarm).some((one) => one.alarmPath !== true)) {
      throw new TypeError(`the alarm path must stand last on the ladder of ${name}`);
    }
    this.name = name;
    this.budgetBytes = budgetBytes;
    this.#ladder = ladder;
    this.#alarmReserveBytes = alarmReserveBytes;
    this.#parent = parent;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Reservations that were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** How often each step of the ladder was asked. */
  get sacrifices(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#sacrificed);
  }

  /** The budgets inside of this one, by camera. */
  get cameras(): ReadonlyMap<string, MemoryBudget> {
    return this.#cameras;
  }

  /**
   * A budget inside of this one: its reservations count in both. It takes the place of another one of this name: what that
   * one's holders still hold counts for the whole alone.
   */
  addCamera(camera: string, budgetBytes: number, options: MemoryBudgetOptions = {}): MemoryBudget {
    const budget = new MemoryBudget(`camera "${camera}"`, budgetBytes, options, this);
    this.#cameras.set(camera, budget);
    return budget;
  }

  /** The camera's own budget, or this one for a camera that has none. */
  forCamera(camera: string | undefined): MemoryBudget {
    return (camera === undefined ? undefined : this.#cameras.get(camera)) ?? this;
  }

  removeCamera(camera: string): void {
    this.#cameras.delete(camera);
  }

  /** Sets bytes aside, here and above. @throws BudgetExceededError, and then nothing was set aside anywhere. */
  reserve(bytes: number, options: ReserveOptions = {}): Reservation {
    if (!(bytes >= 0 && Number.isFinite(bytes)))
      throw new RangeError(`bytes must be a number of at least 0, not ${bytes}`);
    const isAlarm = options.alarmPath === true;
    // First what can never fit: it would be refused in the end, and must cost nobody anything.
    for (const budget of this.#chain())
      if (bytes > budget.#allowedBytes(isAlarm)) budget.#refuse(bytes, isAlarm, options.purpose);
    // From the inside out: a camera over its own budget must not cost the others anything.
    for (const budget of this.#chain()) budget.#makeRoom(bytes, isAlarm, options.purpose);
    for (const budget of this.#chain()) budget.#usedBytes += bytes;
    let isHeld = true;
    return {
      bytes,
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        for (const budget of this.#chain()) budget.#usedBytes -= bytes;
      },
    };
  }

  #makeRoom(bytes: number, isAlarm: boolean, purpose: string | undefined): void {
    const allowed = this.#allowedBytes(isAlarm);
    for (const step of this.#ladder) {
      const missing = this.#usedBytes + bytes - allowed;
      if (missing <= 0) return;
      if (step.alarmPath === true && !isAlarm) break;
      this.#sacrificed.set(step.name, (this.#sacrificed.get(step.name) ?? 0) + 1);
      step.giveUp(missing);
    }
    if (this.#usedBytes + bytes > allowed) this.#refuse(bytes, isAlarm, purpose);
  }

  #allowedBytes(isAlarm: boolean): number {
    return isAlarm ? this.budgetBytes : this.budgetBytes - this.#alarmReserveBytes;
  }

  #refuse(bytes: number, isAlarm: boolean, purpose: string | undefined): never {
    this.#refused += 1;
    throw new BudgetExceededError(
      this.name,
      bytes,
      this.#allowedBytes(isAlarm),
      this.#usedBytes,
      purpose === undefined ? '' : `for ${purpose}`,
    );
  }

  #chain(): MemoryBudget[] {
    const chain: MemoryBudget[] = [];
    for (let budget: MemoryBudget | undefined = this; budget !== undefined; budget = budget.#parent)
      chain.push(budget);
    return chain;
  }
}
