import { expect, test } from 'vitest';
import { requireOneOf } from '../../../src/vision/video/require-one-of.ts';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';

test('a value that is allowed passes, and all else is refused with what is', () => {
  requireOneOf('transport', 'tcp', ['auto', 'tcp']);
  expect(() => requireOneOf('transport', 'TCP', ['auto', 'tcp'])).toThrow(
    'transport must be one of auto, tcp, and is TCP',
  );
});

test.each([
  ['decoder', 'gpu'],
  ['transport', 'http'],
])('a capture whose %s is %s does not open, rather than doing without', async (name, value) => {
  const opened = VideoCapture.open('/nowhere', { [name]: value });
  await expect(opened).rejects.toThrow(new RegExp(`^${name} must be one of .*, and is ${value}$`));
});
