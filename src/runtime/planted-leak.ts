import { ledger } from '@plateau/memory';

/**
 * A leak on purpose, to prove that the flat-memory gate fails: so many bytes a frame that nobody gives back. Like
 * every other resource they stand in the ledger, which must name this file and line.
 */
export class PlantedLeak {
  readonly #bytesPerFrame: number;
  readonly #kept: Uint8Array[] = [];

  constructor(bytesPerFrame: number) {
    this.#bytesPerFrame = bytesPerFrame;
  }

  leak(camera: string): void {
    // Filled, since a page that nobody has touched is not resident.
    this.#kept.push(new Uint8Array(this.#bytesPerFrame).fill(1));
    ledger.track({
      kind: 'PlantedLeak',
      bytes: this.#bytesPerFrame,
      camera,
      stage: 'soak',
      owner: 'plateau soak',
    });
  }
}
