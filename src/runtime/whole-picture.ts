import type { ZoneDefinition } from '../vision/zones/polygon-zone.ts';
import { defaults } from './defaults.ts';

/** The zone where none is given. */
export const wholePicture: ZoneDefinition = {
  name: defaults.zoneName,
  points: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
  space: 'fractions',
};
