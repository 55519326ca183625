/**
 * Point 3: a million proper disposals and a million proper returns raise no alarm, and what watching each one costs.
 * `node --expose-gc --conditions=source packages/memory/bench/leak-levels.ts`
 */
import { BufferPool, LeakDetectingPool, Ledger, monotonicSeconds } from '../src/index.ts';
import { collectGarbage } from '../test/garbage.ts';
import { say, sayMachine } from './clock.ts';

const times = 1_000_000;
sayMachine();

const ledger = new Ledger({ clock: monotonicSeconds, thread: 'bench' });
ledger.leakLevel = 'paranoid';
let alarms = 0;
ledger.onForgotten = () => {
  alarms += 1;
};
let started = performance.now();
for (let i = 0; i < times; i += 1) ledger.track({ kind: 'Proper', bytes: 1 })[Symbol.dispose]();
say(
  'a resource tracked and released, paranoid',
  `${(((performance.now() - started) * 1000) / times).toFixed(1)} µs`,
);
await collectGarbage();
say(`alarms in ${times} proper disposals`, String(alarms));

using pool = new LeakDetectingPool(new BufferPool(), 'paranoid');
started = performance.now();
for (let i = 0; i < times; i += 1) pool.lease('uint8', 10).return();
say('a lease and its return, paranoid', `${(((performance.now() - started) * 1000) / times).toFixed(1)} µs`);
await collectGarbage();
say(`alarms in ${times} proper returns`, String(pool.forgotten));
