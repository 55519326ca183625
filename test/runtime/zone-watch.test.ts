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

test('no delay is measured across a moment at which the source broke off', () => {
  const zone = new ZoneWatch(settings);
  const events = [];
  for (let tick = 0; tick < 60; tick += 1) {
    if (tick === 20) zone.breakOff();
    const event = zone.update(tick / 10, 0.9, null);
    if (event !== undefined) events.push(event);
  }
  expect(events.map(({ t }) => t)).toEqual([4.5]);
});
