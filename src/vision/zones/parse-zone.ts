import { PlateauError } from '../../errors.ts';
import { PolygonZone, type ZoneDefinition } from './polygon-zone.ts';

const example = '"chute=100,50 400,50 400,300"';

/**
 * Reads `NAME=x,y x,y x,y ...`: pixels of the picture as players show it, or fractions when all lie within 0..1.
 * @throws PlateauError ERR_ZONE_INVALID saying which part cannot be read, or what is wrong with the polygon
 */
export function parseZone(text: string): ZoneDefinition {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  if (equals < 0 || name === '') {
    throw new PlateauError(
      'ERR_ZONE_INVALID',
      `The zone "${shortened(text)}" has no name: write it as ${example}.`,
    );
  }
  const places = text
    .slice(equals + 1)
    .split(/\s+/)
    .filter((part) => part !== '');
  const points = places.map((place) => parsePoint(name, place));
  const space = points.every(([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1) ? 'fractions' : 'pixels';
  const definition: ZoneDefinition = { name, points, space };
  // Made only to be checked: what is wrong with a zone should be said where it was written.
  new PolygonZone(definition);
  return definition;
}

function parsePoint(zone: string, place: string): [number, number] {
  const parts = place.split(',');
  const [x, y] = parts.map((part) =>
    /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(part) ? Number(part) : Number.NaN,
  );
  if (parts.length !== 2 || !Number.isFinite(x) || !Number.isFinite(y)) {
    throw new PlateauError(
      'ERR_ZONE_INVALID',
      `Zone "${zone}" has a point "${shortened(place)}" that is not x,y: write it as ${example}.`,
    );
  }
  return [x!, y!];
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
