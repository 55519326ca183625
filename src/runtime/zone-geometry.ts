import { letterbox } from '../vision/letterbox.ts';
import { PolygonZone, type ZoneDefinition } from '../vision/zones/polygon-zone.ts';
import { ZoneCoverage } from '../vision/zones/zone-coverage.ts';

/** The zones of one camera on the source's present size; drawn again only when that changes. */
export class ZoneGeometry {
  readonly #definitions: readonly ZoneDefinition[];
  readonly #inputSize: readonly [height: number, width: number];
  readonly #onWarnings: (warnings: readonly string[]) => void;
  #zones: readonly PolygonZone[] | undefined;
  #coverage: ZoneCoverage | undefined;
  #drawn = 0;
  #width = 0;
  #height = 0;

  /** @param onWarnings Told what is odd about the zones, each time they are drawn. */
  constructor(
    definitions: readonly ZoneDefinition[],
    inputSize: readonly [height: number, width: number],
    onWarnings: (warnings: readonly string[]) => void,
  ) {
    this.#definitions = definitions;
    this.#inputSize = inputSize;
    this.#onWarnings = onWarnings;
  }

  /** How often the zones were drawn. */
  get drawn(): number {
    return this.#drawn;
  }

  /** @throws PlateauError ERR_ZONE_INVALID for a zone that lies outside of the picture. */
  coverageFor(width: number, height: number): ZoneCoverage {
    if (this.#coverage !== undefined && this.#width === width && this.#height === height)
      return this.#coverage;
    this.#zones ??= drawnFor(this.#definitions, width, height);
    const [inputHeight, inputWidth] = this.#inputSize;
    this.#coverage = new ZoneCoverage({
      zones: this.#zones,
      letterbox: letterbox(width, height, inputWidth, inputHeight),
    });
    this.#width = width;
    this.#height = height;
    this.#drawn += 1;
    this.#onWarnings(this.#coverage.warnings);
    return this.#coverage;
  }
}

/** Zones in pixels of an unnamed size belong to the first picture's; from then on they follow the source's size. */
export function drawnFor(
  definitions: readonly ZoneDefinition[],
  width: number,
  height: number,
): PolygonZone[] {
  return definitions.map((zone) => {
    const sized = zone.space === 'pixels' && zone.drawnFor === undefined;
    return new PolygonZone(sized ? { ...zone, drawnFor: [width, height] } : zone);
  });
}
