/** One picture through a model to the coverage of zones, as the inference thread does it. */
import { type Letterbox, letterbox } from '../../../src/vision/letterbox.ts';
import { Detections } from '../../../src/vision/yolo/detections.ts';
import { UnionMask } from '../../../src/vision/yolo/union-mask.ts';
import type { Yolo } from '../../../src/vision/yolo/yolo.ts';
import { PolygonZone, type ZoneDefinition } from '../../../src/vision/zones/polygon-zone.ts';
import { ZoneCoverage } from '../../../src/vision/zones/zone-coverage.ts';

export type Paint = (x: number, y: number, box: Letterbox) => number;

export const whole: ZoneDefinition = {
  name: 'whole',
  space: 'fractions',
  points: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
};
export const leftHalf: ZoneDefinition = {
  name: 'left',
  space: 'fractions',
  points: [
    [0, 0],
    [0.5, 0],
    [0.5, 1],
    [0, 1],
  ],
};
export const rightHalf: ZoneDefinition = {
  name: 'right',
  space: 'fractions',
  points: [
    [0.5, 0],
    [1, 0],
    [1, 1],
    [0.5, 1],
  ],
};

/** The picture that a letterbox of `box` makes, grey 0..1 by `paint` at input pixels, over shared memory. */
export function paintPicture(box: Letterbox, paint: Paint): Float32Array {
  const { inputWidth, inputHeight, left, top, scaledWidth, scaledHeight } = box;
  const plane = inputWidth * inputHeight;
  const pixels = new Float32Array(new SharedArrayBuffer(12 * plane)).fill(114 / 255);
  for (let y = top; y < top + scaledHeight; y++) {
    for (let x = left; x < left + scaledWidth; x++) {
      const value = paint(x, y, box);
      for (let channel = 0; channel < 3; channel++) pixels[channel * plane + y * inputWidth + x] = value;
    }
  }
  return pixels;
}

/** White right of the picture's middle. */
export const halfWhite: Paint = (x, _, { left, scaledWidth }) => (x + 0.5 >= left + scaledWidth / 2 ? 1 : 0);
export const white: Paint = () => 1;

export interface Measured {
  readonly coverage: number[];
  readonly union: UnionMask;
  readonly detections: Detections;
  readonly box: Letterbox;
}

export async function measure(
  yolo: Yolo,
  source: readonly [width: number, height: number],
  zones: readonly ZoneDefinition[],
  paint: Paint,
  settings: { confidence?: number; iou?: number; classIds?: readonly number[] } = {},
): Promise<Measured> {
  const [inputHeight, inputWidth] = yolo.inputSizeFor(...source);
  const box = letterbox(...source, inputWidth, inputHeight);
  const detections = new Detections(300, yolo.model.maskChannels);
  const union = new UnionMask(inputWidth, inputHeight);
  const zoneCoverage = new ZoneCoverage({
    zones: zones.map((zone) => new PolygonZone(zone)),
    letterbox: box,
  });
  using output = await yolo.run(yolo.bindInput(paintPicture(box, paint), [inputHeight, inputWidth]));
  yolo.decode(output, { confidence: 0.5, iou: 0.7, ...settings }, detections);
  for (let index = 0; index < detections.count; index++)
    union.add(detections, index, output, zoneCoverage.region);
  const out = new Float64Array(zones.length);
  zoneCoverage.measure(union, out);
  return { coverage: Array.from(out), union, detections, box };
}
