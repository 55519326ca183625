/**
 * The alarm logic alone: coverage from anywhere, blocked and cleared out of it. It has no clock; the time comes along.
 *
 *   node --conditions=source examples/alarm-from-numbers.ts
 */
import { ZoneBlockage } from 'plateau/alarms';

const zone = new ZoneBlockage({
  onCoverage: 0.73,
  offCoverage: 0.6,
  onDelaySeconds: 2.5,
  offDelaySeconds: 2.5,
  smoothSeconds: 1,
});

for (let tick = 0; tick < 200; tick += 1) {
  const seconds = tick / 10;
  // A chute that fills, jams, is unknown for a moment (a lost key frame), and drains.
  const coverage =
    seconds > 9 && seconds < 9.5 ? null : seconds < 3 ? seconds / 3.5 : seconds < 12 ? 0.9 : 0.1;
  const event = zone.update(seconds, coverage);
  if (event !== undefined)
    console.log(`${event.type} at ${event.t.toFixed(1)} s, coverage ${event.coverage.toFixed(2)}`);
}
