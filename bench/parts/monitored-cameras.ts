/** Part of rss-per-camera: watches so many looped recordings in real time for a while and says how much was decided. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Monitor } from '../../src/runtime/monitor.ts';
import { cameraSettings, modelSettings } from '../harness/line.ts';

const [clip, model, cameras, seconds] = process.argv.slice(2);
const settings = Array.from({ length: Number(cameras) }, (_, index) =>
  cameraSettings(`camera ${index + 1}`, clip, 'newest'),
);
const monitor = await Monitor.start(modelSettings(model), settings, {
  onEvent: () => undefined,
  onCameraState: () => undefined,
  onFailure: (error) => {
    throw error;
  },
});
await sleep(Number(seconds) * 1000);
const decided = monitor.status.cameras.reduce((sum, camera) => sum + camera.decided, 0);
await monitor.stop();
console.log(decided);
