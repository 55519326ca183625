/** `soak-line.ts PLACE FRAMES BYTES`: frames through ring, pool and queue, judged by the gate; prints its verdict as JSON. */
import {
  BufferPool,
  collectNow,
  FlatMemoryGate,
  FrameRing,
  LatestQueue,
  type LeakPlace,
  ledger,
  PlantedLeak,
  SlabPool,
} from '../../src/index.ts';

const [place = 'none', frames = '20000', bytes = '1024'] = process.argv.slice(2);
const leak = place === 'none' ? undefined : await PlantedLeak.plant(place as LeakPlace);
using slabs = new SlabPool();
const shape = { slots: 3, slotByteLength: 64 * 1024, metadataFields: 1 };
using ring = FrameRing.allocate(slabs, { ...shape, camera: 'belt-1' });
using writer = ring.writer({ overwrite: true });
using reader = ring.reader();
using pool = new BufferPool();
using queue = new LatestQueue(2);
const gate = new FlatMemoryGate({
  rss: () => process.memoryUsage.rss(),
  collect: collectNow,
  heapUsed: () => process.memoryUsage().heapUsed,
  ledgerBytes: () => ledger.bytes,
  ledger: () => ledger.snapshot(),
  sampleEveryFrames: 50,
  collectEveryFrames: 150,
  warmUpFrames: Number(frames) / 5,
});
for (let frame = 0; frame < Number(frames); frame += 1) {
  using written = writer.acquire();
  written?.float32().fill(frame);
  written?.publish();
  using taken = reader.takeNewest();
  using copy = pool.lease('float32', 16 * 1024);
  if (taken !== undefined) copy.data.set(taken.float32());
  queue.push(pool.lease('uint8', 1000));
  leak?.leak(Number(bytes), 'belt-1');
  gate.frameDone(frame);
}
console.log(JSON.stringify(gate.judge()));
