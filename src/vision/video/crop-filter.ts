import type { Letterbox } from '../letterbox.ts';
import { type Rotation, swapsSides } from './rotation.ts';

/**
 * The FFmpeg filter that cuts out what the model sees, ready to stand ahead of others (`crop=...,`), or nothing. It
 * stands after the turn, so that sides are those of the picture as shown.
 * @param interlaced Only one field of the picture arrives: half the stored lines.
 */
export function cropFilter(box: Letterbox, rotation: Rotation, interlaced: boolean): string {
  const { crop, sourceWidth, sourceHeight } = box;
  if (crop.width === sourceWidth && crop.height === sourceHeight) return '';
  const turned = swapsSides(rotation);
  const [left, width] = inField(crop.left, crop.width, sourceWidth, interlaced && turned);
  const [top, height] = inField(crop.top, crop.height, sourceHeight, interlaced && !turned);
  // Exact: without it an odd side, which only the picture's own edge makes, would be rounded.
  return `crop=${width}:${height}:${left}:${top}:exact=1,`;
}

/** A stretch along one axis in pixels of the picture, in those of its first field where that axis was halved. */
function inField(start: number, length: number, whole: number, halved: boolean): [number, number] {
  if (!halved) return [start, length];
  const end = Math.min(Math.ceil(whole / 2), Math.ceil((start + length) / 2));
  return [start / 2, end - start / 2];
}
