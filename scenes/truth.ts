/** Corners in fractions of the picture. */
export type Zone = readonly (readonly [number, number])[];

export interface BlockedInterval {
  readonly from: number;
  /** null: still blocked at the end. */
  readonly to: number | null;
}

/** The rule that the application applies, with its defaults: this says what truth is, so it is written out here. */
export const rule = { on: 0.73, off: 0.6, delaySeconds: 2.5, smoothSeconds: 1 } as const;

/** Which pixels' centres lie in the zone. */
export function zonePixels(zone: Zone, width: number, height: number): Uint8Array {
  const inside = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (contains(zone, (x + 0.5) / width, (y + 0.5) / height)) inside[y * width + x] = 1;
    }
  }
  return inside;
}

function contains(zone: Zone, x: number, y: number): boolean {
  let odd = false;
  for (let i = 0, j = zone.length - 1; i < zone.length; j = i++) {
    const [xi, yi] = zone[i];
    const [xj, yj] = zone[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

export function coverage(mask: Uint8Array, inside: Uint8Array): number {
  let zone = 0;
  let load = 0;
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === 0) continue;
    zone++;
    load += mask[i];
  }
  return zone === 0 ? 0 : load / zone;
}

/** Blocked intervals of a row of [seconds, coverage], by the running median and both delays. */
export function blockedIntervals(row: readonly (readonly [number, number])[]): BlockedInterval[] {
  const found: BlockedInterval[] = [];
  let since: number | undefined;
  let start: number | undefined;
  for (let i = 0; i < row.length; i++) {
    const t = row[i][0];
    const recent = row
      .slice(0, i + 1)
      .filter(([s]) => s > t - rule.smoothSeconds - 1e-9)
      .map(([, c]) => c);
    const value = recent.sort((a, b) => a - b)[Math.floor(recent.length / 2)];
    const towards = start === undefined ? value >= rule.on : value < rule.off;
    if (!towards) {
      since = undefined;
      continue;
    }
    since ??= t;
    if (t - since < rule.delaySeconds - 1e-9) continue;
    if (start === undefined) start = t;
    else {
      found.push({ from: start, to: t });
      start = undefined;
    }
    since = undefined;
  }
  if (start !== undefined) found.push({ from: start, to: null });
  return found;
}
