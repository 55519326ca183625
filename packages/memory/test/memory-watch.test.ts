/** The whole loop in simulated time: memory grows, the threshold fires, the ladder gives back, and nothing swings. */
import { expect, test } from 'vitest';
import { MemoryMonitor, MemoryThreshold, MemoryWatch, ReclaimLadder } from '../src/index.ts';
import { normal, randomFrom } from './random.ts';

class SimulatedMonitor extends MemoryMonitor {
  rssBytes = 0;

  override sample(): ReturnType<MemoryMonitor['sample']> {
    return { ...super.sample(), rssBytes: this.rssBytes, limitBytes: 1e9 };
  }
}

/** Ten minutes at one look a second. @returns How often the ladder ran, and the highest RSS. */
async function tenMinutes(
  gainBytes: number,
  growthBytes: number,
): Promise<{ runs: number; steps: number; peak: number }> {
  const random = randomFrom(11);
  let now = 0;
  const clock = (): number => now;
  const monitor = new SimulatedMonitor({ clock });
  let level = 700e6;
  let steps = 0;
  const step = {
    name: 'idle',
    run: () => {
      steps += 1;
      level -= gainBytes;
      monitor.rssBytes = level;
      return undefined;
    },
  };
  const ladder = new ReclaimLadder([step], { clock, rss: () => monitor.rssBytes });
  const threshold = new MemoryThreshold({ clock, high: '80%', low: '72%', againAfterSeconds: 60 });
  const watch = new MemoryWatch({ monitor, threshold, ladder, downTo: '70%' });
  let runs = 0;
  let peak = 0;
  for (now = 0; now < 600; now += 1) {
    level += growthBytes;
    monitor.rssBytes = level + 2e6 * normal(random);
    peak = Math.max(peak, monitor.rssBytes);
    const { reclaiming } = watch.tick();
    if (reclaiming !== undefined) {
      runs += 1;
      await reclaiming;
    }
  }
  return { runs, steps, peak };
}

test('growth that can be reclaimed is, and the limit stays far', async () => {
  const { runs, peak } = await tenMinutes(150e6, 2e6);
  expect(peak).toBeLessThan(820e6);
  expect(runs).toBeGreaterThanOrEqual(6);
  expect(runs).toBeLessThanOrEqual(9);
});

test('at the threshold, where nothing can be gained, the ladder does not run over and over', async () => {
  const { runs, steps } = await tenMinutes(0, 0.2e6);
  expect(runs).toBeLessThanOrEqual(10);
  expect(steps).toBeLessThanOrEqual(5);
});

test('below the threshold nothing runs', async () => {
  expect((await tenMinutes(150e6, 0)).runs).toBe(0);
});

test('a reclaiming that takes longer than the threshold rests is reported once', async () => {
  let now = 0;
  const clock = (): number => now;
  const monitor = new SimulatedMonitor({ clock });
  monitor.rssBytes = 900e6;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const ladder = new ReclaimLadder([{ name: 'slow', run: () => promise }], { clock, rss: () => 900e6 });
  const threshold = new MemoryThreshold({ clock, high: '80%' });
  let reports = 0;
  const onReclaimed = (): number => reports++;
  const watch = new MemoryWatch({ monitor, threshold, ladder, onReclaimed });
  const { reclaiming } = watch.tick();
  now = 61;
  expect(watch.tick().reclaiming).toBeUndefined();
  resolve(undefined);
  await reclaiming;
  expect(reports).toBe(1);
  now = 122;
  await watch.tick().reclaiming;
  expect(reports).toBe(2);
});
