import type { Letterbox } from '../vision/letterbox.ts';
import type { PictureCanvas } from '../vision/video/picture-canvas.ts';
import type { VideoFrame } from '../vision/video/video-frame.ts';
import type { PolygonZone } from '../vision/zones/polygon-zone.ts';
import type { Annotation } from './thread-protocol.ts';

/** Colours as R, G, B; chosen to differ in lightness as well, for those who see no red or green. */
const colour = {
  mask: [255, 176, 0],
  clear: [80, 220, 140],
  blocked: [255, 64, 64],
  unknown: [190, 190, 190],
} as const;

/**
 * What is drawn over a picture: the mask's tint, each zone with its coverage and state, and the source time.
 * @param box Where the picture lay in the model's input, and with it in the mask.
 */
export function drawAnnotation(
  annotation: Annotation,
  zones: readonly PolygonZone[],
  frame: VideoFrame,
  box: Letterbox,
): (canvas: PictureCanvas) => void {
  const { width, height } = frame;
  return (canvas) => {
    if (annotation.mask !== undefined) canvas.tintMask(annotation.mask, box, colour.mask);
    for (const [index, zone] of zones.entries()) {
      const { name, coverage, state } = annotation.zones[index];
      const shade = coverage === null ? colour.unknown : colour[state];
      const outline = zone.pixelPoints(width, height);
      canvas.drawPolygon(outline, shade);
      const percent = coverage === null ? 'unknown' : `${(coverage * 100).toFixed(0)} %`;
      const [x, y] = outline[0];
      canvas.text(x + 6, y + 6, `${name} ${percent} ${state}`, shade);
    }
    canvas.text(8, height - 24, `${annotation.timestampSeconds.toFixed(2)} s`, [255, 255, 255]);
  };
}
