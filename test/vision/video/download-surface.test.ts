/** Real surfaces, of a Vulkan driver in software (Debian's lavapipe): no other device is to be had without hardware. */
import { AV_PIX_FMT_NV12, AV_PIX_FMT_P010LE, AV_PIX_FMT_VULKAN, type AVPixelFormat } from 'node-av/constants';
import { HardwareFramesContext } from 'node-av/lib';
import { afterAll, describe, expect, test } from 'vitest';
import { downloadSurface } from '../../../src/vision/video/download-surface.ts';
import { Frame, HardwareDeviceContext } from '../../../src/vision/video/ffmpeg.ts';
import { because, skipFor } from '../../support/absent.ts';

const device = new HardwareDeviceContext();
const opened = device.create(HardwareDeviceContext.findTypeByName('vulkan' as never)) >= 0;
afterAll(() => device.free());
const missing = opened ? undefined : 'needs a Vulkan driver: apt-get install mesa-vulkan-drivers';

/** A surface whose bytes all have this value; the caller owns it. */
function surfaceOf(format: AVPixelFormat, width: number, height: number, value: number): Frame {
  using frames = new HardwareFramesContext();
  frames.alloc(device);
  frames.format = AV_PIX_FMT_VULKAN;
  frames.swFormat = format;
  frames.width = width;
  frames.height = height;
  expect(frames.init()).toBe(0);
  using picture = new Frame();
  picture.alloc();
  picture.format = format;
  picture.width = width;
  picture.height = height;
  picture.getBuffer();
  for (const plane of picture.data ?? []) plane.fill(value);
  const surface = new Frame();
  surface.alloc();
  expect(frames.getBuffer(surface, 0)).toBe(0);
  expect(picture.hwframeTransferDataSync(surface)).toBe(0);
  surface.pts = BigInt(value);
  return surface;
}

describe.skipIf(skipFor(missing))(`surfaces of a device${because(missing)}`, () => {
  test('each comes in its own form and size, with its time, whatever came before', () => {
    using target = new Frame();
    target.alloc();
    for (const [format, width, height, value] of [
      [AV_PIX_FMT_NV12, 320, 240, 77],
      [AV_PIX_FMT_P010LE, 320, 240, 33],
      [AV_PIX_FMT_NV12, 640, 480, 44],
    ] as const) {
      using surface = surfaceOf(format, width, height, value);
      expect(surface.isHwFrame()).toBe(true);
      expect(downloadSurface(surface, target)).toBe(0);
      expect(target.isHwFrame()).toBe(false);
      const { format: form, pts } = target;
      expect([form, target.width, target.height, pts]).toEqual([format, width, height, BigInt(value)]);
      expect(new Set(target.data?.[0]?.subarray(0, width))).toEqual(new Set([value]));
    }
  });

  test('a picture that somebody keeps stays as it is when the next one comes', () => {
    using target = new Frame();
    target.alloc();
    using first = surfaceOf(AV_PIX_FMT_NV12, 320, 240, 77);
    using second = surfaceOf(AV_PIX_FMT_NV12, 320, 240, 99);
    downloadSurface(first, target);
    using kept = target.clone();
    downloadSurface(second, target);
    expect([kept?.data?.[0]?.[5], target.data?.[0]?.[5]]).toEqual([77, 99]);
  });
});
