import { type Letterbox, letterbox } from '../vision/letterbox.ts';
import { type InputSize, inputSizeFor, type OpenInput } from '../vision/yolo/input-size.ts';
import type { PolygonZone, ZoneDefinition } from '../vision/zones/polygon-zone.ts';
import { zoneSurroundings } from '../vision/zones/zone-surroundings.ts';
import { drawnFor } from './drawn-zones.ts';

/** How a camera's pictures are brought into the model's input: plain data, good for a message between threads. */
export interface PicturePlan extends OpenInput {
  /** Zones whose surroundings are cut out ahead of scaling; `null` shows the model the whole picture. */
  readonly cropTo: readonly ZoneDefinition[] | null;
}

/**
 * Where the pictures of one source lie in the model's input. A model of open size gets one shape for each size of the
 * source, chosen as the exporter's own tool does it; all else has the model's shape.
 *
 * One for each camera, in the thread that owns its pixels: whoever scales says where, and the others follow.
 */
export class PicturePlacement {
  readonly #plan: PicturePlan;
  #zones: readonly PolygonZone[] | undefined;
  #last: Letterbox | undefined;

  constructor(plan: PicturePlan) {
    this.#plan = plan;
  }

  /** The largest shape that a picture can get, [height, width]. */
  get largest(): InputSize {
    return this.#plan.input;
  }

  /** The same object for as long as the source keeps its size. @throws PlateauError ERR_ZONE_INVALID */
  of(width: number, height: number): Letterbox {
    const last = this.#last;
    if (last?.sourceWidth === width && last.sourceHeight === height) return last;
    const { cropTo, input } = this.#plan;
    const whole = { left: 0, top: 0, width, height };
    if (cropTo !== null) this.#zones ??= drawnFor(cropTo, width, height);
    const crop = this.#zones === undefined ? whole : zoneSurroundings(this.#zones, width, height, input);
    const [inputHeight, inputWidth] = inputSizeFor(this.#plan, crop.width, crop.height);
    this.#last = letterbox(width, height, inputWidth, inputHeight, crop);
    return this.#last;
  }
}
