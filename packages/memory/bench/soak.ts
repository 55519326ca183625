/**
 * Point 9: 20,000 frames with and without a planted leak of 1 KB a frame, in a process of its own for each place.
 * `node --conditions=source packages/memory/bench/soak.ts [frames]`
 */
import { runSoak } from '../test/soak-process.ts';
import { say, sayMachine } from './clock.ts';

sayMachine();
const frames = Number(process.argv[2] ?? 20_000);
for (const place of ['none', 'v8', 'array-buffer', 'shared', 'native'] as const) {
  const { verdict, rss, heap, owner } = await runSoak(place, frames, 1024);
  const [low, high] = rss.confidence95.map((bytes) => bytes?.toFixed(0));
  const named = owner === undefined ? '' : `${owner.kind} ${owner.site?.split('/').at(-1) ?? ''}`;
  const slope = heap.slopeBytesPerFrame.toFixed(0);
  say(
    `${frames} frames, leak: ${place}`,
    `${verdict}; RSS [${low}, ${high}], heap ${slope} B a frame  ${named}`,
  );
}
