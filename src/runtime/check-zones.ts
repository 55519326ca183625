import { PlateauError } from '../errors.ts';
import type { ModelDescription } from '../vision/yolo/model-description.ts';
import { ZoneCoverage } from '../vision/zones/zone-coverage.ts';
import { picturePlan } from './camera-messages.ts';
import { drawnFor } from './drawn-zones.ts';
import { PicturePlacement } from './picture-placement.ts';
import type { CameraSettings } from './settings.ts';

/** What a look at a camera's zones finds, a sentence each. */
export interface ZoneFindings {
  readonly errors: readonly PlateauError[];
  readonly warnings: readonly string[];
}

/**
 * Draws a camera's zones on its picture, as the monitor would with the first one.
 *
 * @param model `null` where there is none to draw for: then the zones are held against the picture alone.
 */
export function checkZones(
  camera: CameraSettings,
  width: number,
  height: number,
  model: ModelDescription | null,
): ZoneFindings {
  const zones = drawnFor(
    camera.zones.map(({ zone }) => zone),
    width,
    height,
  );
  // One after the other, so that each zone that lies outside is told.
  const errors = zones.flatMap((zone) => errorOf(() => zone.outlineFor(width, height)) ?? []);
  if (errors.length > 0 || model === null) return { errors, warnings: [] };
  let warnings: readonly string[] = [];
  const tooSmall = errorOf(() => {
    const letterbox = new PicturePlacement(picturePlan(camera, model)).of(width, height);
    warnings = new ZoneCoverage({ zones, letterbox }).warnings;
  });
  return { errors: tooSmall === undefined ? [] : [tooSmall], warnings };
}

function errorOf(draw: () => unknown): PlateauError | undefined {
  try {
    draw();
    return undefined;
  } catch (error) {
    if (error instanceof PlateauError) return error;
    throw error;
  }
}
