export { type BlockageSettings, checkBlockageSettings } from './blockage-settings.ts';
export { RunningMedian } from './running-median.ts';
export { UsualInterval } from './usual-interval.ts';
export { ZoneBlockage, type ZoneEvent } from './zone-blockage.ts';
