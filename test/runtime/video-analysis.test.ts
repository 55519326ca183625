import { expect, test } from 'vitest';
import { liveCapture } from '../../src/runtime/capture-settings.ts';
import { defaults } from '../../src/runtime/defaults.ts';
import type { Pipeline } from '../../src/runtime/pipeline.ts';
import { RssSeries } from '../../src/runtime/rss-series.ts';
import type { Decision } from '../../src/runtime/thread-protocol.ts';
import { VideoAnalysis } from '../../src/runtime/video-analysis.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';

/** Ten pictures a second go through an analysis whose threads are played by the test. */
async function analyse(pictures: readonly Pick<Decision, 'coverage' | 'unknownReason'>[]) {
  const pipeline = {
    model: { file: 'm.onnx', classes: ['coal'], input: [64, 64], device: 'cpu', warnings: [] },
    report: async () => ({ busySeconds: {} }),
    addCamera: () => 0,
    removeCamera: () => undefined,
  } as unknown as Pipeline;
  const camera = {
    name: 'belt',
    zones: [{ zone: wholePicture, blockage: defaults.blockage }],
    capture: liveCapture('belt.mp4'),
  };
  const analysis = new VideoAnalysis(pipeline, camera, new RssSeries(), () => undefined);
  const findings = analysis.run();
  for (const [index, picture] of pictures.entries()) {
    analysis.onDecision({
      camera: 0,
      sequence: index + 1,
      timestampSeconds: index / 10,
      arrivalSeconds: 0,
      discontinuity: false,
      wanted: false,
      mask: undefined,
      ...picture,
    });
  }
  const count = pictures.length;
  analysis.onEnded({
    type: 'ended',
    camera: 0,
    error: null,
    truncatedAt: null,
    warnings: [],
    counters: { decoded: count, published: count, damaged: 0 },
  } as unknown as Parameters<VideoAnalysis['onEnded']>[0]);
  return findings;
}

const known = { coverage: [0.5], unknownReason: null };

test('pictures for which the model had no answer are null, counted, and told with the first reason', async () => {
  const { warnings, zones, frames } = await analyse([
    known,
    { coverage: null, unknownReason: 'The head holds NaN.' },
    { coverage: null, unknownReason: 'A run asked for 7 MB.' },
    known,
  ]);
  expect(zones[0]?.coverage).toEqual([
    [0, 0.5],
    [0.1, null],
    [0.2, null],
    [0.3, 0.5],
  ]);
  expect(frames.inferred).toBe(2);
  expect(warnings).toEqual([
    'unknown pictures, since the model had no answer: 2; the first: The head holds NaN.',
  ]);
});

test('a picture that cannot be trusted is null without a word about the model', async () => {
  const { warnings, zones } = await analyse([known, { coverage: null, unknownReason: null }]);
  expect(zones[0]?.coverage.at(-1)).toEqual([0.1, null]);
  expect(warnings).toEqual([]);
});
