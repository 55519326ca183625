import type { Detections } from './detections.ts';
import type { DecodeSettings } from './head-decoder.ts';

/** How far apart the exporters' own tool moves the boxes of two classes before it compares all of them, in pixels. */
const classOffset = 7680;

/**
 * Whether a kept detection of the same class overlaps the one at place `slot` by more than `settings.iou`. Called
 * strongest first, this is greedy non-maximum suppression per class. Each step is rounded to float32, the class's offset
 * included, as the exporters' own tool does it: else overlaps near the threshold would fall on the other side.
 */
export function isSuppressed(
  detections: Detections,
  kept: number,
  slot: number,
  settings: DecodeSettings,
): boolean {
  const { iou } = settings;
  const { xyxy, classId } = detections;
  const wanted = classId[slot]!;
  const offset = wanted * classOffset;
  const left = Math.fround(xyxy[4 * slot]! + offset);
  const top = Math.fround(xyxy[4 * slot + 1]! + offset);
  const right = Math.fround(xyxy[4 * slot + 2]! + offset);
  const bottom = Math.fround(xyxy[4 * slot + 3]! + offset);
  const area = Math.fround(Math.fround(right - left) * Math.fround(bottom - top));
  for (let other = 0; other < kept; other++) {
    if (classId[other] !== wanted) continue;
    const place = 4 * other;
    const otherLeft = Math.fround(xyxy[place]! + offset);
    const otherTop = Math.fround(xyxy[place + 1]! + offset);
    const otherRight = Math.fround(xyxy[place + 2]! + offset);
    const otherBottom = Math.fround(xyxy[place + 3]! + offset);
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
