import type { Camera } from './camera.ts';
import type { Primitive } from './primitives.ts';
import { boundingSphere } from './primitives.ts';

const TILE = 16;

/** Which primitives a block of pixels can see at all: most pixels then test two or three of forty. */
export class CandidateTiles {
  readonly #columns: number;
  readonly #lists: Primitive[][] = [];

  constructor(items: readonly Primitive[], camera: Camera, width: number, height: number) {
    this.#columns = Math.ceil(width / TILE);
    const spheres = items.map(boundingSphere);
    const rows = Math.ceil(height / TILE);
    const axis = new Float64Array(3);
    const corner = new Float64Array(3);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < this.#columns; c++) {
        camera.ray((c + 0.5) * TILE, (r + 0.5) * TILE, width, height, axis);
        camera.ray(c * TILE - 1, r * TILE - 1, width, height, corner);
        const spread =
          1.3 * Math.acos(Math.min(1, axis[0] * corner[0] + axis[1] * corner[1] + axis[2] * corner[2]));
        this.#lists.push(
          items.filter((_, i) => {
            const { centre, radius } = spheres[i];
            const to = [0, 1, 2].map((k) => centre[k] - camera.position[k]);
            const distance = Math.hypot(to[0], to[1], to[2]);
            if (distance <= radius) return true;
            const angle = Math.acos(
              Math.max(-1, Math.min(1, (to[0] * axis[0] + to[1] * axis[1] + to[2] * axis[2]) / distance)),
            );
            return angle < spread + Math.asin(radius / distance);
          }),
        );
      }
    }
  }

  at(x: number, y: number): readonly Primitive[] {
    return this.#lists[Math.floor(y / TILE) * this.#columns + Math.floor(x / TILE)];
  }
}
