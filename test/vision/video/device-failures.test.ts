import { expect, test } from 'vitest';
import { DeviceFailures } from '../../../src/vision/video/device-failures.ts';
import type { Packet } from '../../../src/vision/video/ffmpeg.ts';

/** Packets as far as anyone asks: whether they are key frames. */
function packet(isKeyframe: boolean): Packet {
  return { isKeyframe } as Packet;
}

/** Sends packets that all fail; a key frame every `group`. @returns At which packet the device counted as lost. */
function lostAt(group: number, count: number): number | undefined {
  const failures = new DeviceFailures();
  for (let at = 0; at < count; at += 1) {
    if (failures.sending(packet(at % group === 0)) !== undefined) return at;
    failures.refused();
  }
  return undefined;
}

test('a device is lost at the first key frame after ten failures with a key frame among them', () => {
  expect(lostAt(10, 100)).toBe(10);
  expect(lostAt(4, 100)).toBe(12);
  expect(lostAt(30, 100)).toBe(30);
});

test('without another key frame it is never left, since software could not go on', () => {
  expect(lostAt(1000, 900)).toBeUndefined();
});

test('a picture in between starts the count anew', () => {
  const failures = new DeviceFailures();
  for (let at = 0; at < 100; at += 1) {
    expect(failures.sending(packet(true))).toBeUndefined();
    failures.refused();
    if (at % 9 === 8) failures.worked();
  }
});

test('the error of a packet is told once', () => {
  const failures = new DeviceFailures();
  failures.sending(packet(true));
  expect([failures.failed(), failures.failed()]).toEqual([true, false]);
  failures.sending(packet(false));
  expect(failures.failed()).toBe(true);
});
