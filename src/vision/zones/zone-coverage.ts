import { stage } from '@plateau/memory';
import type { Letterbox } from '../letterbox.ts';
import type { MaskBits } from '../yolo/mask-bits.ts';
import type { PixelRegion } from '../yolo/pixel-region.ts';
import type { PolygonZone } from './polygon-zone.ts';
import { ZoneRaster } from './zone-raster.ts';

/**
 * The zones of one camera on one geometry, drawn once; measuring a picture allocates nothing.
 * Make a new one when the source changes its size.
 */
export class ZoneCoverage {
  readonly rasters: readonly ZoneRaster[];
  /** The rectangle outside of which no zone lies: masks need not be decoded there. */
  readonly region: PixelRegion;
  /** What is odd about the zones on this picture, a sentence each. */
  readonly warnings: readonly string[];
  readonly #width: number;
  readonly #height: number;

  /** @throws PlateauError ERR_ZONE_INVALID for a zone that lies outside of the picture */
  constructor({
    zones,
    letterbox,
  }: { readonly zones: readonly PolygonZone[]; readonly letterbox: Letterbox }) {
    this.#width = letterbox.inputWidth;
    this.#height = letterbox.inputHeight;
    this.rasters = zones.map((zone) => new ZoneRaster(zone, letterbox));
    this.region = enclosing(this.rasters.map((raster) => raster.region));
    this.warnings = this.rasters.flatMap((raster) => raster.warnings);
  }

  /** Writes the covered share of each zone, 0..1, in the zones' order. @throws RangeError for a mask of another size */
  measure(mask: MaskBits, out: Float64Array): void {
    if (mask.width !== this.#width || mask.height !== this.#height) {
      throw new RangeError(
        `a mask of ${mask.width}x${mask.height} for zones on ${this.#width}x${this.#height}`,
      );
    }
    const running = stage('coverage');
    try {
      for (let index = 0; index < this.rasters.length; index++)
        out[index] = this.rasters[index]!.coveredBy(mask.words);
    } finally {
      running[Symbol.dispose]();
    }
  }
}

function enclosing(regions: readonly PixelRegion[]): PixelRegion {
  return {
    left: Math.min(...regions.map(({ left }) => left)),
    top: Math.min(...regions.map(({ top }) => top)),
    right: Math.max(...regions.map(({ right }) => right)),
    bottom: Math.max(...regions.map(({ bottom }) => bottom)),
  };
}
