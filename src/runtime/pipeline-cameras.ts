import { FrameRing, ledger, type RingCounters, SlabPool } from '@plateau/memory';
import { CameraBudgets, withinBudget } from './camera-budgets.ts';
import type { CameraListener } from './camera-listener.ts';
import { defaults } from './defaults.ts';
import type { CameraSettings } from './settings.ts';
import { type CameraId, slotFieldCount } from './thread-protocol.ts';

interface PipelineCamera {
  readonly name: string;
  readonly ring: FrameRing;
  readonly listener: CameraListener;
  /** Threads that have let go of the ring; it goes back to the pool when both have. */
  released: number;
}

/** What the main thread holds of each camera: its ring of shared memory, its budget, and who hears of it. */
export class PipelineCameras {
  readonly budgets: CameraBudgets;
  readonly slabs: SlabPool;
  readonly #cameras = new Map<CameraId, PipelineCamera>();
  #next = 0;

  /** @param budgetBytes The most that all cameras may hold together; absent: no limit. */
  constructor(budgetBytes: number | undefined) {
    this.budgets = new CameraBudgets(budgetBytes, (camera) => this.#pictureGivenUp(camera));
    this.slabs = new SlabPool({ ledger, budget: this.budgets.whole });
  }

  /**
   * @param inputSize [height, width] of the largest input that a slot has to hold.
   * @throws PlateauError ERR_BUDGET_EXCEEDED, and then nothing was allocated.
   */
  add(
    { name, memoryBudgetBytes }: CameraSettings,
    [height, width]: readonly [height: number, width: number],
    listener: CameraListener,
  ): { readonly id: CameraId; readonly ring: FrameRing } {
    const id = this.#next;
    this.#next += 1;
    this.budgets.add(id, name, memoryBudgetBytes);
    using undo = new DisposableStack();
    undo.defer(() => this.budgets.remove(id));
    const ring = withinBudget(name, () =>
      FrameRing.allocate(this.slabs, {
        slots: defaults.ringSlots,
        slotByteLength: 3 * height * width * Float32Array.BYTES_PER_ELEMENT,
        metadataFields: slotFieldCount,
        camera: name,
        alarmPath: true,
      }),
    );
    undo.move();
    this.#cameras.set(id, { name, ring, listener, released: 0 });
    return { id, ring };
  }

  get count(): number {
    return this.#cameras.size;
  }

  /** Who hears of a camera; `undefined` once it is gone. */
  listenerOf(id: CameraId): CameraListener | undefined {
    return this.#cameras.get(id)?.listener;
  }

  /** Pictures on their way between the threads, in the camera that has most. */
  get queuedPictures(): number {
    let pictures = 0;
    for (const { ring } of this.#cameras.values()) {
      const { published, dropped, taken } = ring.counters;
      pictures = Math.max(pictures, published - dropped - taken);
    }
    return pictures;
  }

  /** By camera. */
  get ringCounters(): Record<string, RingCounters> {
    const rings: Record<string, RingCounters> = {};
    for (const { name, ring } of this.#cameras.values()) rings[name] = ring.counters;
    return rings;
  }

  /** A thread has let go of a camera; what it held goes back once both have. */
  release(id: CameraId): void {
    const camera = this.#cameras.get(id);
    if (camera === undefined) return;
    camera.released += 1;
    if (camera.released < 2) return;
    camera.ring[Symbol.dispose]();
    this.#cameras.delete(id);
    this.budgets.remove(id);
  }

  /** When both threads have ended: all goes back. */
  end(): void {
    for (const { ring } of this.#cameras.values()) {
      // A thread that died holds its slots for ever: its slab would never come back to the pool.
      for (const { id } of ring.readerStates()) ring.releaseReader(id, { awaitSuccessor: false });
      ring.releaseWriter();
      ring[Symbol.dispose]();
    }
    for (const id of this.#cameras.keys()) this.budgets.remove(id);
    this.#cameras.clear();
    this.slabs.trim();
  }

  #pictureGivenUp(id: CameraId): void {
    const error = { code: 'ERR_BUDGET_EXCEEDED', message: 'The memory of this picture was needed.' } as const;
    this.listenerOf(id)?.onPicture?.({ type: 'picture', camera: id, jpeg: null, error });
  }
}
