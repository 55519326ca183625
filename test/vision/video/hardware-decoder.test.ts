import { ledger } from '@plateau/memory';
import { afterAll, afterEach, expect, test } from 'vitest';
import { DecoderOpener } from '../../../src/vision/video/decoder-opener.ts';
import {
  AVERROR_EOF,
  AVERROR_INVALIDDATA,
  AVMEDIA_TYPE_VIDEO,
  FormatContext,
  Frame,
  Packet,
  posix,
  type Stream,
} from '../../../src/vision/video/ffmpeg.ts';
import { HardwareDecoder } from '../../../src/vision/video/hardware-decoder.ts';
import { type Decoder, PictureDecoder } from '../../../src/vision/video/picture-decoder.ts';
import { ClipFolder } from '../../support/clips.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());
afterEach(() => expect(ledger.liveCount).toBe(0));

const clip = clips.make('clip.mp4', {
  source: 'testsrc2=s=64x48:r=10:d=10',
  encoderOptions: { g: '10', bf: '2' },
});

/** A device's decoder that does as it is told. */
class Device implements Decoder {
  readonly codecName = 'h264';
  effort = 'all' as const;
  disposed = 0;
  readonly #sends: (count: number) => number;
  readonly #receives: (count: number) => number;
  #sent = 0;
  #ended = false;

  constructor(sends: (count: number) => number, receives: (count: number) => number) {
    this.#sends = sends;
    this.#receives = receives;
  }

  send(packet: Packet | null): number {
    this.#ended ||= packet === null;
    if (packet !== null) this.#sent += 1;
    return this.#sends(this.#sent);
  }

  receive(): number {
    return this.#ended ? AVERROR_EOF : this.#receives(this.#sent);
  }

  [Symbol.dispose](): void {
    this.disposed += 1;
  }
}

/** Decodes its first packets as `real` does, which it owns, and fails from then on: when it is sent one, or asked for one. */
function failing(real: Decoder, last: number, where: 'send' | 'receive'): Decoder {
  let sent = 0;
  return {
    codecName: 'h264',
    effort: 'all',
    send(packet) {
      if (packet !== null) sent += 1;
      return sent > last && where === 'send' ? AVERROR_INVALIDDATA : real.send(packet);
    },
    receive: (frame) => (sent > last && where === 'receive' ? AVERROR_INVALIDDATA : real.receive(frame)),
    [Symbol.dispose]: () => real[Symbol.dispose](),
  };
}

/** Decodes a clip as a capture does; the first bytes of each picture's first line stand for it. */
function decodeAll(path: string, open: (stream: Stream) => Decoder) {
  const pictures: string[] = [];
  let refused = 0;
  const file = new FormatContext();
  using stack = new DisposableStack();
  stack.defer(() => file.closeInputSync());
  file.openInputSync(path, null, null);
  file.findStreamInfoSync(null);
  const index = file.findBestStream(AVMEDIA_TYPE_VIDEO);
  using decoder = open(file.streams?.[index] as Stream);
  using packet = new Packet();
  packet.alloc();
  using frame = new Frame();
  frame.alloc();
  for (;;) {
    const code = decoder.receive(frame);
    if (code === 0) {
      pictures.push(`${frame.pts} ${Buffer.from(frame.data?.[0] as Buffer).toString('base64', 0, 64 * 48)}`);
      frame.unref();
    } else if (code === AVERROR_EOF) return { pictures, refused };
    else if (code !== posix.again) refused += 1;
    else if (file.readFrameSync(packet) < 0) decoder.send(null);
    else {
      if (packet.streamIndex === index && decoder.send(packet) < 0) refused += 1;
      packet.unref();
    }
  }
}

const software = decodeAll(clip, (stream) => new PictureDecoder(stream, 'clip', 1));

const noMatter = () => undefined;
const again = () => posix.again;
const fine = () => 0;
const fails = () => AVERROR_INVALIDDATA;

/** @param stream What software decodes where the device fails; absent: it must not. */
function hardware(
  device: Decoder,
  reasons: string[],
  stream?: Stream,
  { downloads = false } = {},
): HardwareDecoder {
  return new HardwareDecoder(device, {
    downloads,
    openSoftware: () => {
      if (stream === undefined) throw new Error('nobody asked for software');
      return new PictureDecoder(stream, 'clip', 1);
    },
    onSoftware: (text) => reasons.push(text),
    onRefused: noMatter,
  });
}

test.each<[string, () => Device, RegExp]>([
  ['refuses its first packet', () => new Device(fails, again), /decoder fails \(Invalid data/],
  [
    'fails at its first picture',
    () => new Device(fine, (sent) => (sent < 3 ? posix.again : AVERROR_INVALIDDATA)),
    /decoder fails/,
  ],
  ['never gives a picture out', () => new Device(fine, again), /no picture within 64 packets/],
])('a device that %s is replaced by software, and no picture is lost', (_, device, reason) => {
  const reasons: string[] = [];
  const made = device();
  const decoded = decodeAll(clip, (stream) => hardware(made, reasons, stream));
  expect(decoded).toEqual(software);
  expect(decoded.pictures).toHaveLength(100);
  expect(reasons).toEqual([expect.stringMatching(reason)]);
  expect(made.disposed).toBe(1);
});

test('a device that is silent until the end of a short recording is replaced as well', () => {
  const short = clips.make('short.mp4', { source: 'testsrc2=s=64x48:r=10:d=1' });
  const reasons: string[] = [];
  const { pictures } = decodeAll(short, (stream) => hardware(new Device(fine, again), reasons, stream));
  expect(pictures).toHaveLength(10);
  expect(reasons).toEqual(['its decoder gave out no picture']);
});

test('a device that has given a picture is not doubted for a damaged packet later', () => {
  const reasons: string[] = [];
  const device = new Device(
    (sent) => (sent === 5 ? AVERROR_INVALIDDATA : 0),
    () => 0,
  );
  using decoder = hardware(device, reasons);
  using packet = new Packet();
  packet.alloc();
  using frame = new Frame();
  frame.alloc();
  const codes = Array.from({ length: 6 }, () => {
    const sent = decoder.send(packet);
    decoder.receive(frame);
    return sent;
  });
  expect(codes).toEqual([0, 0, 0, 0, AVERROR_INVALIDDATA, 0]);
  expect(reasons).toEqual([]);
});

/** The packets of `clip`: a group of ten begins with its key frame. */
const group = 10;

test.each([
  ['refuses every packet', 'send'],
  ['fails for every picture', 'receive'],
] as const)(
  'a device that works at first and then %s is left at a key frame, with one reason',
  (_, where) => {
    const reasons: string[] = [];
    const { pictures, refused } = decodeAll(clip, (stream) =>
      hardware(failing(new PictureDecoder(stream, 'clip', 1), 25, where), reasons, stream),
    );
    expect(reasons).toEqual([expect.stringMatching(/failed on \d+ packets in a row/)]);
    // At packet 26 it is lost; the key frame of packet 31 is among its failures, and software begins with that of packet 41.
    expect(pictures.slice(-6 * group)).toEqual(software.pictures.slice(-6 * group));
    expect(pictures.length).toBeLessThan(6 * group + 26);
    // A packet is refused once, and its picture once.
    expect(refused).toBeLessThanOrEqual(2 * 15);
    expect(refused).toBeGreaterThanOrEqual(10);
  },
);

test('a device that is lost before the end of a recording without another key frame ends it all the same', () => {
  const reasons: string[] = [];
  const { refused } = decodeAll(clip, (stream) =>
    hardware(failing(new PictureDecoder(stream, 'clip', 1), 95, 'receive'), reasons),
  );
  expect(refused).toBeGreaterThan(0);
  expect(reasons).toEqual([]);
});

test('where FFmpeg itself changes to software, its pictures come and the reason is told once', () => {
  const reasons: string[] = [];
  const decoded = decodeAll(
    clip,
    // VAAPI's pictures are asked for and there is no device: FFmpeg decodes in software and says nothing.
    (stream) => {
      const binding = { context: null as never, pixelFormat: 44 };
      const found = { device: binding };
      return hardware(new PictureDecoder(stream, 'clip', 1, found as never), reasons, stream, {
        downloads: true,
      });
    },
  );
  expect(decoded).toEqual(software);
  expect(reasons).toEqual(['the device does not take pictures of this form']);
});

test('an opener that has fallen back does not try again, and tells its reason once', () => {
  const reasons: string[] = [];
  using opener = new DecoderOpener('v4l2m2m', 'clip.mp4', (reason) => reasons.push(reason));
  // No machine has a V4L2 decoder for this codec.
  const odd = clips.make('odd.mkv', { source: 'testsrc2=s=64x48:r=10:d=1', encoder: 'ffv1' });
  for (let round = 0; round < 2; round += 1)
    expect(decodeAll(odd, (stream) => opener.open(stream, 'odd.mkv', 1, noMatter)).pictures).toHaveLength(10);
  expect(reasons).toEqual([
    expect.stringMatching(/^clip\.mp4: pictures are decoded in software, not by v4l2m2m: \w/),
  ]);
  expect(opener.softwareReason).toBe(reasons[0]);
});
