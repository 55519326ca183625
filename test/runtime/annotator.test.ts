import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Annotator } from '../../src/runtime/annotator.ts';
import { liveCapture } from '../../src/runtime/capture-settings.ts';
import { PicturePlacement } from '../../src/runtime/picture-placement.ts';
import type { CaptureOrder } from '../../src/runtime/thread-protocol.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';
import { VideoCapture } from '../../src/vision/video/video-capture.ts';
import { ClipFolder } from '../support/clips.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());

test('a picture for the page has square pixels, as players show it', async () => {
  const clip = clips.make('anamorphic.mp4', {
    source: 'testsrc2=s=640x480:r=10:d=0.5',
    encoderOptions: { aspect: '4/3' },
  });
  const order = {
    zones: [wholePicture],
    className: 'coal',
    capture: liveCapture(clip, {}),
  } as unknown as CaptureOrder;
  const plan = { input: [320, 320] as const, dynamic: false, stride: 32, cropTo: null };
  await using annotator = new Annotator(order, new PicturePlacement(plan));
  await using capture = await VideoCapture.open(clip);
  const frame = await capture.read();
  expect(frame?.pixelAspect).toBeCloseTo(4 / 3, 6);
  annotator.want();
  annotator.hold(1, frame!.clone());
  const zones = [{ name: wholePicture.name, coverage: 0.5, state: 'clear' as const }];
  const jpeg = await annotator.annotate({
    sequence: 1,
    timestampSeconds: 0,
    mask: undefined,
    zones,
    event: null,
  });
  const file = clips.file('shown.jpg');
  writeFileSync(file, jpeg!);
  await using shown = await VideoCapture.open(file);
  const picture = await shown.read();
  expect([picture?.width, picture?.height]).toEqual([640, 360]);
});
