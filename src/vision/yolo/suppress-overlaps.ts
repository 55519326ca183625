import type { Detections } from './detections.ts';

/**
 * Whether a kept detection of the same class overlaps the one at place `slot` by more than `iou`. Called strongest
 * first, this is greedy non-maximum suppression per class. Each step is rounded to float32, as the exporters'
 * own tool does it, so that overlaps on the very threshold fall on the same side.
 */
export function isSuppressed(detections: Detections, kept: number, slot: number, iou: number): boolean {
  const { xyxy, classId } = detections;
  const wanted = classId[slot]!;
  const left = xyxy[4 * slot]!;
  const top = xyxy[4 * slot + 1]!;
  const right = xyxy[4 * slot + 2]!;
  const bottom = xyxy[4 * slot + 3]!;
  const area = Math.fround(Math.fround(right - left) * Math.fround(bottom - top));
  for (let other = 0; other < kept; other++) {
    if (classId[other] !== wanted) continue;
    const place = 4 * other;
    const otherLeft = xyxy[place]!;
    const otherTop = xyxy[place + 1]!;
    const otherRight = xyxy[place + 2]!;
    const otherBottom = xyxy[place + 3]!;
    const width = Math.fround(Math.min(right, otherRight) - Math.max(left, otherLeft));
    const height = Math.fround(Math.min(bottom, otherBottom) - Math.max(top, otherTop));
    if (!(width > 0 && height > 0)) continue;
    const shared = Math.fround(width * height);
    const otherArea = Math.fround(Math.fround(otherRight - otherLeft) * Math.fround(otherBottom - otherTop));
    const either = Math.fround(Math.fround(otherArea + area) - shared);
    if (Math.fround(shared / either) > iou) return true;
  }
  return false;
}
