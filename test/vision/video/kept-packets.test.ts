import { AV_PKT_FLAG_KEY } from 'node-av/constants';
import { expect, test } from 'vitest';
import { Packet } from '../../../src/vision/video/ffmpeg.ts';
import { KeptPackets } from '../../../src/vision/video/kept-packets.ts';

function packetOf(text: string, isKey = false): Packet {
  const packet = new Packet();
  packet.alloc();
  packet.data = Buffer.from(text);
  if (isKey) packet.flags = AV_PKT_FLAG_KEY;
  return packet;
}

test('packets come back oldest first, as references that outlive the one that was given', () => {
  using kept = new KeptPackets();
  for (const text of ['one', 'four', 'three']) {
    using packet = packetOf(text);
    kept.add(packet);
  }
  expect([kept.count, kept.bytes, kept.hasKeyFrame]).toEqual([3, 12, false]);
  kept.dropLast();
  using first = kept.takeFirst();
  expect(first?.data?.toString()).toBe('one');
  expect([kept.count, kept.bytes]).toEqual([1, 4]);
  kept.clear();
  expect([kept.count, kept.bytes, kept.takeFirst()]).toEqual([0, 0, undefined]);
});

test('a key frame that was ever among them is remembered', () => {
  using kept = new KeptPackets();
  using packet = packetOf('key', true);
  kept.add(packet);
  kept.clear();
  expect(kept.hasKeyFrame).toBe(true);
});
