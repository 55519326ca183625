import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';
import { listenOnLoopback, portOf } from '../../support/loopback-server.ts';

test('a camera that says nothing is told as such, also where this thread was busy when the time was up', async () => {
  const mute = createServer((socket) => socket.on('error', () => undefined));
  await listenOnLoopback(mute);
  try {
    const opened = VideoCapture.open(`rtsp://127.0.0.1:${portOf(mute)}/cam`, { timeoutSeconds: 1 });
    setTimeout(() => {
      const until = performance.now() + 900;
      while (performance.now() < until);
    }, 700);
    await expect(opened).rejects.toMatchObject({
      code: 'ERR_SOURCE_UNREACHABLE',
      message: expect.stringMatching(/did not answer within 1 s/),
    });
  } finally {
    mute.close();
  }
});
