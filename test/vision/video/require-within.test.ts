import { expect, test } from 'vitest';
import { CameraFeed } from '../../../src/vision/video/camera-feed.ts';
import { requireWithin } from '../../../src/vision/video/require-within.ts';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';

test('a value from the least to the most passes, and all else is refused by name', () => {
  requireWithin('rate', 1, 1, 2);
  requireWithin('rate', 2, 1, 2);
  for (const value of [0.9, 2.1, Number.NaN, Infinity, -Infinity])
    expect(() => requireWithin('rate', value, 1, 2)).toThrow(`rate must lie within 1 and 2, and is ${value}`);
});

test.each([
  ['timeoutSeconds', Number.NaN],
  ['timeoutSeconds', Infinity],
  ['timeoutSeconds', 0],
  ['decoderThreads', -1],
  ['folderFrameRate', 0],
  ['folderFrameRate', Number.NaN],
])('a capture whose %s is %d does not open', async (name, value) => {
  await expect(VideoCapture.open('/nowhere', { [name]: value })).rejects.toThrow(
    new RegExp(`^${name} must lie within`),
  );
});

test.each([Number.NaN, Infinity, 0])('a feed that stalls after %d s is none', (stallSeconds) => {
  const make = () => new CameraFeed({ source: '/nowhere', stallSeconds, onFrame: () => undefined });
  expect(make).toThrow(RangeError);
});
