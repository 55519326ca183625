/** One capture thread with a feed for each address; the healthy one is the last. */
import { parentPort, workerData } from 'node:worker_threads';
import { ledger } from '@plateau/memory';
import { CameraFeed } from '../../src/vision/video/camera-feed.ts';

const { urls } = workerData as { urls: string[] };
const times: { arrival: number; source: number }[] = [];
const frames = urls.map(() => 0);
const states: string[][] = urls.map(() => []);

const feeds = urls.map(
  (source, index) =>
    new CameraFeed({
      source,
      camera: `camera-${index}`,
      timeoutSeconds: 5,
      stallSeconds: 3,
      onState: (state) => states[index]?.push(state),
      onFrame: (frame) => {
        frames[index] = (frames[index] ?? 0) + 1;
        if (index === urls.length - 1) {
          times.push({ arrival: performance.now() / 1000, source: frame.timestampSeconds });
        }
      },
    }),
);

const running = Promise.all(feeds.map((feed) => feed.run()));
const stopped = new Promise((resolve) => parentPort?.once('message', resolve));
await stopped;
const before = ledger.liveCount;
for (const feed of feeds) feed.stop();
await running;
const first = times[0];
const last = times.at(-1);
parentPort?.postMessage({
  frames,
  states,
  liveBeforeStop: before,
  liveAfterStop: ledger.liveCount,
  healthyArrivalSeconds: (last?.arrival ?? 0) - (first?.arrival ?? 0),
  healthySourceSeconds: (last?.source ?? 0) - (first?.source ?? 0),
});
