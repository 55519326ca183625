/** Coal monitoring 3, ROI masks: the zone's raster is made once per geometry, intermediate arrays are used again. */
import { ThreadLocal, threshold } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const frames = 30;
const side = 480;

function drawZone(): Uint8Array {
  return new Uint8Array(side * side).fill(1, side * 100, side * 300);
}

function covered(zone: Uint8Array, mask: Uint8Array): number {
  let both = 0;
  for (let at = 0; at < zone.length; at += 1) both += (zone[at] ?? 0) & (mask[at] ?? 0);
  return both;
}

const logits = new Float32Array(side * side).fill(1);

// #region wrong
function wrong(): WayResult {
  let sum = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    const zone = drawZone(); // drawn anew for each frame
    const mask = Uint8Array.from(logits, (logit) => (logit > 0 ? 1 : 0)); // and an array for each mask
    sum += covered(zone, mask);
  }
  return { keeps: sum };
}
// #endregion

// #region right
const zone = drawZone(); // once per geometry
const scratch = ThreadLocal.uint8('MaskScratch', { stage: 'postprocess' });

function right(): WayResult {
  let sum = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    const mask = threshold(logits, 0, scratch.get(side * side)); // into the same bytes
    sum += covered(zone, mask);
  }
  return { keeps: sum };
}
// #endregion

await compare(import.meta.url, {
  section: '7c',
  title: 'Coal: ROI masks',
  seenIn: 'collections',
  wrong,
  right,
});
