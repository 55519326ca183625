/** Damage at random that repeats itself for the same seed. */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

/** A whole file, to be damaged. */
export interface Original {
  readonly bytes: Uint8Array;
  /** Of its name, with the dot. */
  readonly ending: string;
}

export function originals(paths: readonly string[]): Original[] {
  return paths.map((path) => ({ bytes: readFileSync(path), ending: extname(path) }));
}

/** A generator of whole numbers below `limit` that repeats itself for the same seed (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

/** A copy of a file with one to eight changes at random: bits, bytes, runs, pieces moved or left out, its end cut off. */
export function mutate(bytes: Uint8Array, random: (limit: number) => number): Uint8Array {
  let changed: Uint8Array = Uint8Array.from(bytes);
  const at = () => random(changed.length);
  // Heads and indices are short and matter most, but where they are wrecked nothing behind them is read any more.
  const place = () => (random(4) === 0 ? random(Math.min(2048, changed.length)) : at());
  for (let i = 1 + random(8); i > 0; i -= 1) {
    switch (random(12)) {
      case 0:
        changed[place()] = random(256);
        break;
      case 1: {
        const from = place();
        changed[from] = (changed[from] as number) ^ (1 << random(8));
        break;
      }
      case 2: {
        const from = place();
        changed.fill(random(2) * 255, from, Math.min(changed.length, from + random(1500)));
        break;
      }
      case 3:
        changed = changed.subarray(0, Math.max(16, at()));
        break;
      case 4: {
        const from = at();
        changed.copyWithin(place(), from, from + random(4096));
        break;
      }
      case 5: {
        const from = at();
        changed = Buffer.concat([changed.subarray(0, from), changed.subarray(from + random(512))]);
        break;
      }
      default: {
        const from = at();
        changed[from] = (changed[from] as number) + 1 + random(4);
      }
    }
    if (changed.length < 16) break;
  }
  return changed;
}
