/**
 * Point 7: one writer, four readers, 1080p, a minute; and what a turn costs.
 * `node --conditions=source packages/memory/bench/frame-ring.ts [seconds]`
 */
import { FrameRing, SlabPool } from '../src/index.ts';
import type { ReaderReport } from '../test/threads/ring-reader-thread.ts';
import { ended, nextMessage, startThread } from '../test/worker.ts';
import { nanosecondsEach, say, sayMachine } from './clock.ts';

function turnCost(): number {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, { slots: 3, slotByteLength: 4096, metadataFields: 4 });
  using writer = ring.writer({ overwrite: true });
  using reader = ring.reader();
  return nanosecondsEach(200_000, (times) => {
    for (let i = 0; i < times; i += 1) {
      const written = writer.acquire();
      written?.publish();
      written?.[Symbol.dispose]();
      reader.takeNewest()?.[Symbol.dispose]();
    }
  });
}

async function aMinute(seconds: number): Promise<void> {
  using slabs = new SlabPool();
  const shape = { slots: 6, slotByteLength: 1920 * 1080 * 3, metadataFields: 1 };
  using ring = FrameRing.allocate(slabs, { ...shape, readers: 4 });
  const job = { handle: ring.handle, newest: true };
  const readers = [0, 1, 2, 3].map(() => startThread('ring-reader-thread.ts', job));
  await Promise.all(readers.map((worker) => nextMessage(worker)));
  const reports = readers.map((worker) => nextMessage<ReaderReport>(worker));
  const writing = startThread('ring-writer-thread.ts', {
    handle: ring.handle,
    frames: 1e9,
    overwrite: true,
    seconds,
  });
  const rss: number[] = [];
  const timer = setInterval(() => rss.push(process.memoryUsage.rss()), 1000);
  await ended(writing);
  clearInterval(timer);
  const all = await Promise.all(reports);
  const { published, dropped } = ring.counters;
  const sum = (of: (report: ReaderReport) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  say(
    `1080p for ${seconds} s: published, taken, dropped`,
    `${published}, ${sum((one) => one.taken)}, ${dropped}`,
  );
  say('torn frames', String(sum((one) => one.torn)));
  say('frames that went backwards', String(sum((one) => one.backwards)));
  const third = Math.floor(rss.length / 3);
  const level = (part: number[]): number => part.reduce((total, one) => total + one, 0) / part.length;
  const growth = level(rss.slice(-third)) - level(rss.slice(third, 2 * third));
  say('RSS of the last third less that of the middle one', `${(growth / 1e6).toFixed(2)} MB`);
}

sayMachine();
say('acquire, publish, takeNewest, give back', `${turnCost().toFixed(0)} ns`);
await aMinute(Number(process.argv[2] ?? 60));
