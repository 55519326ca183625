import { expect, test } from 'vitest';
import { defaults } from '../../src/runtime/defaults.ts';
import { ZoneWatch } from '../../src/runtime/zone-watch.ts';

const settings = {
  zone: {
    name: 'chute',
    points: [
      [0, 0],
      [1, 0],
      [1, 1],
    ] as const,
    space: 'fractions' as const,
  },
  blockage: { ...defaults.blockage, smoothSeconds: 0 },
};

test('a zone without a picture yet is unknown, with the reason', () => {
  expect(new ZoneWatch(settings).status).toMatchObject({
    coverage: null,
    unknownReason: 'no picture yet',
    state: 'clear',
  });
});

test('a lost camera leaves the zone unknown and never at its last good value', () => {
  const zone = new ZoneWatch(settings);
  zone.update(0, 0.9, null);
  zone.lose('no signal');
  expect(zone.status).toMatchObject({ coverage: null, smoothedCoverage: null, unknownReason: 'no signal' });
});

test('a blocked zone stays blocked while its camera is lost', () => {
  const zone = new ZoneWatch(settings);
  for (let t = 0; t <= 3; t += 0.1) zone.update(t, 0.9, null);
  zone.lose('no signal');
  expect(zone.status.state).toBe('blocked');
});
