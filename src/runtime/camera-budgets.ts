import { BudgetExceededError, MemoryBudget, type Reservation } from '@plateau/memory';
import { PlateauError } from '../errors.ts';
import { defaults } from './defaults.ts';
import { decoderBytes } from './memory-forecast.ts';
import type { CameraId, SourceInfo } from './thread-protocol.ts';

/** A budget as the API shows it; a limit of `null` is none. */
interface BudgetStatus {
  readonly limitBytes: number | null;
  readonly usedBytes: number;
  readonly refused: number;
  /** How often each step of the ladder was asked to give up what it holds. */
  readonly sacrifices: Readonly<Record<string, number>>;
}

export interface BudgetsStatus {
  readonly whole: BudgetStatus;
  readonly cameras: Readonly<Record<string, BudgetStatus>>;
}

interface Held {
  readonly name: string;
  readonly budget: MemoryBudget;
  info: SourceInfo | undefined;
  decoder: Reservation | undefined;
  picture: Reservation | undefined;
}

/**
 * What each camera holds, counted against its own budget and that of the whole before it is allocated: the ring's shared
 * memory (by the slab pool), the decoder (as foretold for its pictures, as soon as their size is known), and pictures
 * for people.
 *
 * Given up first: pictures for people. Rings and decoders are the alarm path: they may use all of the budget, of which a
 * part is kept for them, and what does not fit costs the camera that asked, never one that watches.
 */
export class CameraBudgets {
  readonly whole: MemoryBudget;
  readonly #cameras = new Map<CameraId, Held>();
  readonly #onPictureGivenUp: (camera: CameraId) => void;

  /** @param onPictureGivenUp A picture that somebody waits for has lost its memory. */
  constructor(budgetBytes: number | undefined, onPictureGivenUp: (camera: CameraId) => void) {
    this.#onPictureGivenUp = onPictureGivenUp;
    this.whole = new MemoryBudget('all cameras', budgetBytes ?? Number.POSITIVE_INFINITY, {
      ladder: [{ name: 'pictures for people', giveUp: (bytes) => this.#giveUpPictures(bytes) }],
      alarmReserveBytes: (budgetBytes ?? 0) * defaults.alarmReserve,
    });
  }

  get status(): BudgetsStatus {
    const cameras: Record<string, BudgetStatus> = {};
    for (const [name, budget] of this.whole.cameras) cameras[name] = statusOf(budget);
    return { whole: statusOf(this.whole), cameras };
  }

  /** @param budgetBytes The camera's own limit; absent: none but that of the whole. */
  add(id: CameraId, name: string, budgetBytes: number | undefined): void {
    const budget = this.whole.addCamera(name, budgetBytes ?? Number.POSITIVE_INFINITY, {
      ladder: [{ name: 'pictures for people', giveUp: () => this.#giveUpPicture(id) }],
      alarmReserveBytes: (budgetBytes ?? 0) * defaults.alarmReserve,
    });
    this.#cameras.set(id, { name, budget, info: undefined, decoder: undefined, picture: undefined });
  }

  /** A source is open: its decoder will hold pictures of this size. @throws PlateauError ERR_BUDGET_EXCEEDED */
  opened(id: CameraId, info: SourceInfo): void {
    const held = this.#cameras.get(id);
    if (held === undefined) return;
    held.decoder?.[Symbol.dispose]();
    held.decoder = undefined;
    held.info = info;
    const purpose = `a decoder of ${info.width}x${info.height} pictures`;
    held.decoder = withinBudget(held.name, () =>
      held.budget.reserve(decoderBytes(info.width, info.height), { alarmPath: true, purpose }),
    );
  }

  /** Somebody wants to see a picture. @returns False where there is no memory for it. */
  wantPicture(id: CameraId): boolean {
    const held = this.#cameras.get(id);
    if (held === undefined) return false;
    if (held.picture !== undefined || held.info === undefined) return true;
    try {
      held.picture = held.budget.reserve(pictureBytes(held.info), { purpose: 'a picture for people' });
      return true;
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      return false;
    }
  }

  /** The picture has been delivered, or will never be. */
  pictureDone(id: CameraId): void {
    const held = this.#cameras.get(id);
    held?.picture?.[Symbol.dispose]();
    if (held !== undefined) held.picture = undefined;
  }

  /** The camera has let go of all it held. */
  remove(id: CameraId): void {
    const held = this.#cameras.get(id);
    if (held === undefined) return;
    this.#cameras.delete(id);
    held.picture?.[Symbol.dispose]();
    held.decoder?.[Symbol.dispose]();
    // A camera of the same name may have come since.
    if (this.whole.cameras.get(held.name) === held.budget) this.whole.removeCamera(held.name);
  }

  #giveUpPicture(id: CameraId): void {
    if (this.#cameras.get(id)?.picture === undefined) return;
    this.pictureDone(id);
    this.#onPictureGivenUp(id);
  }

  #giveUpPictures(bytes: number): void {
    let left = bytes;
    for (const [id, { picture }] of this.#cameras) {
      if (left <= 0) return;
      left -= picture?.bytes ?? 0;
      this.#giveUpPicture(id);
    }
  }
}

/** Runs what reserves memory for a camera. @throws PlateauError ERR_BUDGET_EXCEEDED naming the camera and the keys. */
export function withinBudget<T>(camera: string, reserve: () => T): T {
  try {
    return reserve();
  } catch (error) {
    if (!(error instanceof BudgetExceededError)) throw error;
    throw new PlateauError(
      'ERR_BUDGET_EXCEEDED',
      `There is no memory for camera "${camera}" (${error.message}; memory.budgetMegabytes and cameras[].memoryMegabytes).`,
      { cause: error },
    );
  }
}

/** The picture that is held back, and what is drawn and encoded of it. */
function pictureBytes({ width, height }: SourceInfo): number {
  const scale = Math.min(1, defaults.pictureWidth / width);
  return Math.round(width * height * 1.5 + width * scale * (height * scale) * 4);
}

function statusOf({ budgetBytes, usedBytes, refused, sacrifices }: MemoryBudget): BudgetStatus {
  return { limitBytes: Number.isFinite(budgetBytes) ? budgetBytes : null, usedBytes, refused, sacrifices };
}
