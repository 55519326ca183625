/**
 * A process that starts and stops the whole pipeline again and again, each time in the middle of an inference, and
 * ends. Prints one line of JSON. Arguments: model, recording, number of stops.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { defaults } from '../../src/runtime/defaults.ts';
import { Pipeline } from '../../src/runtime/pipeline.ts';

const [model, source, stops] = process.argv.slice(2);
const stopMilliseconds: number[] = [];
const inferenceMilliseconds: number[] = [];
let live = 0;

for (let turn = 0; turn < Number(stops); turn += 1) {
  const failed = Promise.withResolvers<never>();
  const decided = Promise.withResolvers<void>();
  const pipeline = await Pipeline.start(
    { file: model, names: null, device: 'cpu', threads: 1, confidence: defaults.confidence, className: null },
    (error) => failed.reject(error),
  );
  pipeline.addCamera(
    {
      name: `turn ${turn}`,
      zones: [
        {
          zone: {
            name: 'all',
            points: [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 1],
            ],
            space: 'fractions',
          },
          blockage: defaults.blockage,
        },
      ],
      capture: {
        source,
        policy: 'every',
        loop: true,
        transport: 'auto',
        decoder: defaults.decoder,
        timeoutSeconds: defaults.timeoutSeconds,
        stallSeconds: defaults.stallSeconds,
        intervalSeconds: 0,
        stride: 1,
        crop: false,
        output: null,
        exportLabels: null,
      },
    },
    { onDecision: () => decided.resolve(), onFailed: (error) => failed.reject(error) },
  );
  await Promise.race([decided.promise, failed.promise]);
  // Somewhere within the next inference, another place each time.
  const { runMilliseconds } = pipeline.model;
  inferenceMilliseconds.push(runMilliseconds);
  await delay((runMilliseconds * (turn % 10)) / 10);
  const asked = performance.now();
  const report = await pipeline.stop();
  stopMilliseconds.push(performance.now() - asked);
  live += report.ledger.live;
}
console.log(JSON.stringify({ stopMilliseconds, inferenceMilliseconds, live }));
