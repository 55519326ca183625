/**
 * Point 2: lease and return. `node --conditions=source packages/memory/bench/leases.ts`
 */
import {
  BufferPool,
  type BufferSource,
  LeakDetectingPool,
  LimitingPool,
  StatisticsPool,
  TrackingPool,
} from '../src/index.ts';
import { nanosecondsEach, say, sayMachine } from './clock.ts';

function turns(source: BufferSource): (times: number) => void {
  return (times) => {
    for (let i = 0; i < times; i += 1) source.lease('float32', 307_200).return();
  };
}

function turnsWithUsing(source: BufferSource): (times: number) => void {
  return (times) => {
    for (let i = 0; i < times; i += 1) {
      using _lease = source.lease('float32', 307_200);
    }
  };
}

sayMachine();
const sources: readonly [string, BufferSource][] = [
  ['BufferPool', new BufferPool()],
  ['LeakDetectingPool off', new LeakDetectingPool(new BufferPool(), 'off')],
  ['LeakDetectingPool simple (1 in 128)', new LeakDetectingPool(new BufferPool(), 'simple')],
  ['LeakDetectingPool paranoid', new LeakDetectingPool(new BufferPool(), 'paranoid')],
  ['LimitingPool', new LimitingPool(new BufferPool(), 1e9)],
  ['StatisticsPool', new StatisticsPool(new BufferPool())],
  ['TrackingPool', new TrackingPool(new BufferPool())],
];
for (const [name, source] of sources) {
  const times = name.includes('paranoid') || name.includes('Tracking') ? 20_000 : 500_000;
  say(`${name}: lease and return`, `${nanosecondsEach(times, turns(source)).toFixed(0)} ns`);
}
say(
  'BufferPool: lease, using',
  `${nanosecondsEach(500_000, turnsWithUsing(new BufferPool())).toFixed(0)} ns`,
);
