import { PlateauError } from '../../errors.ts';
import type { Letterbox } from '../letterbox.ts';
import type { PixelRegion } from '../yolo/pixel-region.ts';
import { AreaAccumulator } from './area-accumulator.ts';
import { clipToRectangle, type Point, perimeter, signedArea } from './polygon.ts';
import type { PolygonZone } from './polygon-zone.ts';

/** Shares this close to none or all are rounding, not edges. */
const exactness = 1e-9;
/** A zone of less area, in square pixels of the input, has nothing to measure. */
const smallestArea = 1e-3;
/** Zones narrower than this on average, in pixels of the input, are nearly all edge. */
const thinnestPixels = 2;

/**
 * A zone on the grid of the model's input, weighted by area: pixels wholly inside as bits, pixels on the edge with the
 * share that lies inside. So the raster's area is the polygon's own, and two zones along one edge share no area.
 * Drawn once for each geometry. What the letterbox added around the picture belongs to no zone.
 */
export class ZoneRaster {
  readonly width: number;
  readonly height: number;
  readonly wordsPerRow: number;
  /** Pixels wholly inside, laid out as in `MaskBits`. */
  readonly interior: Uint32Array;
  /** Words of `interior` that hold a bit, and nothing else has to be looked at: their places and their bits. */
  readonly interiorWords: Uint32Array;
  readonly interiorBits: Uint32Array;
  /** Pixels on the edge: word and bit of each in the mask. */
  readonly edgeWord: Uint32Array;
  readonly edgeBit: Uint8Array;
  /** Share of each edge pixel that lies inside, 0..1. */
  readonly edgeShare: Float64Array;
  readonly interiorPixels: number;
  /** Area in square pixels of the input. */
  readonly area: number;
  /** The smallest rectangle that holds the zone. */
  readonly region: PixelRegion;
  readonly warnings: readonly string[];

  /** @throws PlateauError ERR_ZONE_INVALID when the zone lies outside of the picture or is too small to measure */
  constructor(zone: PolygonZone, letterbox: Letterbox) {
    const outline = zone.outlineFor(letterbox.sourceWidth, letterbox.sourceHeight);
    this.width = letterbox.inputWidth;
    this.height = letterbox.inputHeight;
    this.wordsPerRow = (this.width + 31) >> 5;
    const points = toInput(outline.points, letterbox);
    const sign = Math.sign(signedArea(points));
    const accumulator = new AreaAccumulator(this.width, this.height);
    accumulator.add(points);

    this.interior = new Uint32Array(this.wordsPerRow * this.height);
    const edges: { word: number; bit: number; share: number }[] = [];
    let interiorPixels = 0;
    const bounds = { left: this.width, top: this.height, right: 0, bottom: 0 };
    accumulator.forEach((x, y, signed) => {
      const share = signed * sign;
      if (share <= exactness) return;
      const word = y * this.wordsPerRow + (x >> 5);
      if (share >= 1 - exactness) {
        this.interior[word]! |= 1 << (x & 31);
        interiorPixels += 1;
      } else {
        edges.push({ word, bit: x & 31, share });
      }
      bounds.left = Math.min(bounds.left, x);
      bounds.top = Math.min(bounds.top, y);
      bounds.right = Math.max(bounds.right, x + 1);
      bounds.bottom = Math.max(bounds.bottom, y + 1);
    });
    this.interiorPixels = interiorPixels;
    this.interiorWords = Uint32Array.from(this.interior.keys().filter((word) => this.interior[word] !== 0));
    this.interiorBits = this.interiorWords.map((word) => this.interior[word]!);
    this.edgeWord = Uint32Array.from(edges, ({ word }) => word);
    this.edgeBit = Uint8Array.from(edges, ({ bit }) => bit);
    this.edgeShare = Float64Array.from(edges, ({ share }) => share);
    this.area = interiorPixels + this.edgeShare.reduce((sum, share) => sum + share, 0);
    this.region = bounds;
    if (this.area < smallestArea) {
      throw new PlateauError(
        'ERR_ZONE_INVALID',
        `Zone "${zone.name}" is smaller than a thousandth of a pixel on the model's input of ${this.width}x${this.height}: draw it larger.`,
      );
    }
    const thin = (2 * this.area) / perimeter(points) < thinnestPixels / 2;
    const warning = `Zone "${zone.name}" is thinner than ${thinnestPixels} pixels on the model's input of ${this.width}x${this.height}: its coverage says little.`;
    this.warnings = thin ? [...outline.warnings, warning] : outline.warnings;
  }

  /** The share of the zone's area that a mask of the same grid covers, 0..1. */
  coveredBy(words: Uint32Array): number {
    const { interiorBits, interiorWords, edgeWord, edgeBit, edgeShare } = this;
    let pixels = 0;
    for (let index = 0; index < interiorWords.length; index++) {
      const bits = words[interiorWords[index]!]! & interiorBits[index]!;
      if (bits !== 0) pixels += bitCount(bits);
    }
    let edge = 0;
    for (let index = 0; index < edgeWord.length; index++) {
      if (((words[edgeWord[index]!]! >>> edgeBit[index]!) & 1) === 1) edge += edgeShare[index]!;
    }
    return Math.min(1, (pixels + edge) / this.area);
  }
}

/** From source pixels to the input's, cut to where the picture lies: rounding may put a corner a hair outside. */
function toInput(points: readonly Point[], letterbox: Letterbox): Point[] {
  const { crop, left, top, scaleX, scaleY, scaledWidth, scaledHeight } = letterbox;
  const moved = points.map(
    ([x, y]): Point => [left + (x - crop.left) * scaleX, top + (y - crop.top) * scaleY],
  );
  return clipToRectangle(moved, left, top, left + scaledWidth, top + scaledHeight);
}

/** Set bits of a 32-bit word. Source: the usual parallel sum of neighbouring bit groups. */
function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
