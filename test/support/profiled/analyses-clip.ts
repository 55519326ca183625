/** A script that names no stage of its own and analyses the demo clip with the pipeline. */
import { fileURLToPath } from 'node:url';
import { analyzeRecordings, defaults } from 'plateau';
import { recordingCapture } from '../../../src/runtime/capture-settings.ts';

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const corners = [[0, 0], [1, 0], [1, 1], [0, 1]] as const; // biome-ignore format: four points
const { reports, failures } = await analyzeRecordings({
  model: {
    file: file('models/known-answer.onnx'),
    names: null,
    device: 'cpu',
    threads: 1,
    confidence: 0.5,
    className: null,
  },
  recordings: [
    {
      name: 'lumps',
      zones: [{ zone: { name: 'belt', points: corners, space: 'fractions' }, blockage: defaults.blockage }],
      capture: recordingCapture(file('demo/lumps.mp4')),
    },
  ],
  signal: new AbortController().signal,
  onProgress: () => undefined,
});
console.log(JSON.stringify({ inferred: reports[0]?.frames.inferred, failures: failures.length }));
