import { PolygonZone, type ZoneDefinition } from '../vision/zones/polygon-zone.ts';

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
