import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { BitReader } from '../../../src/vision/video/bit-reader.ts';
import { H264References } from '../../../src/vision/video/h264-references.ts';
import { ClipFolder, type ClipOptions } from '../../support/clips.ts';
import { splitUnits } from '../../support/clips-damage.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());

/** The packets of a bare stream: each picture with what stands ahead of it. */
function packetsOf(
  name: string,
  encoderOptions: Record<string, string>,
  more: Partial<ClipOptions> = {},
): Uint8Array[] {
  const path = clips.make(name, { source: 'testsrc2=s=320x240:r=10:d=10', encoderOptions, ...more });
  const packets: Uint8Array[] = [];
  let ahead: Uint8Array[] = [];
  for (const unit of splitUnits(readFileSync(path))) {
    ahead.push(unit.bytes);
    if (unit.type !== 1 && unit.type !== 5) continue;
    packets.push(Buffer.concat(ahead));
    ahead = [];
  }
  return packets;
}

function lossesIn(packets: readonly Uint8Array[], times?: readonly number[]): number[] {
  const references = new H264References(null);
  return packets.flatMap((packet, index) =>
    references.follow(packet, times?.[index]) === 'lost' ? [index] : [],
  );
}

const streams: [string, Record<string, string>][] = [
  ['without B-frames', { bf: '0', g: '50', sc_threshold: '0', refs: '1' }],
  ['with B-frames', { bf: '2', g: '50', preset: 'medium', sc_threshold: '0' }],
  [
    'with a pyramid',
    { bf: '4', g: '48', preset: 'medium', sc_threshold: '0', 'x264-params': 'b-pyramid=normal' },
  ],
  ['with many references', { bf: '3', g: '33', preset: 'medium', refs: '6' }],
  ['interlaced', { bf: '0', g: '40', 'x264-params': 'interlaced=1' }],
  ['with intra refresh', { g: '30', 'x264-params': 'intra-refresh=1' }],
];

describe('following H.264 references', () => {
  test.each(streams)('a whole stream %s has no loss', (name, options) => {
    expect(lossesIn(packetsOf(`${name}.h264`, options))).toEqual([]);
  });

  test.each(streams.slice(0, 4))('each key frame that is missing is noticed: %s', (name, options) => {
    const packets = packetsOf(`${name}-b.h264`, options);
    const period = Number(options.g);
    const times = packets.map((_, index) => index / 10);
    for (let key = period; key < packets.length - 1; key += period) {
      const rest = packets.toSpliced(key, 1);
      const losses = lossesIn(rest, times.toSpliced(key, 1));
      // Noticed with the next picture that others refer to, a few later.
      expect(losses[0]).toBeGreaterThanOrEqual(key);
      expect(losses[0]).toBeLessThan(key + 4);
    }
  });

  test('a single reference that is missing is noticed; a picture that nobody refers to is not', () => {
    const packets = packetsOf('single.h264', { bf: '0', g: '100', refs: '1' });
    expect(lossesIn(packets.toSpliced(20, 1))).toEqual([20]);
    const withB = packetsOf('unreferenced.h264', {
      bf: '2',
      g: '100',
      preset: 'medium',
      'x264-params': 'b-pyramid=none',
    });
    const isB = (packet: Uint8Array) =>
      splitUnits(packet).some(
        ({ type, bytes }) => type === 1 && (bytes[bytes[2] === 1 ? 3 : 4] as number) >> 5 === 0,
      );
    const b = withB.findIndex(isB);
    expect(lossesIn(withB.toSpliced(b, 1))).toEqual([]);
  });

  test('a number that was damaged is taken back by the next picture', () => {
    const packets = packetsOf('flipped.h264', { bf: '0', g: '100', refs: '1' });
    const references = new H264References(null);
    const verdicts = packets.map((packet, index) => {
      const bytes = Uint8Array.from(packet);
      // The number stands within the first three bytes of a slice.
      if (index === 10) bytes[bytes[2] === 1 ? 5 : 6] ^= 0x18;
      return references.follow(bytes);
    });
    const told = verdicts.filter((verdict) => verdict !== 'whole');
    expect(told.length === 0 || told.join() === 'lost,found').toBe(true);
  });

  test('any bytes at all are read without an error or a hang', () => {
    const packets = packetsOf('fuzz.h264', { bf: '2', g: '20', preset: 'medium' });
    fc.assert(
      fc.property(
        fc.nat(packets.length - 1),
        fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 12 }),
        fc.option(fc.uint8Array({ maxLength: 200 }), { nil: null }),
        (index, flips, extradata) => {
          const references = new H264References(extradata);
          for (const packet of packets.slice(Math.max(0, index - 2), index + 2)) {
            const bytes = Uint8Array.from(packet);
            for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
            expect(['whole', 'lost', 'found']).toContain(references.follow(bytes));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('bits', () => {
  test('Exp-Golomb numbers come out as they went in', () => {
    const bits = ['1', '010', '011', '00100', '00101', '000010000'].join('');
    const bytes =
      bits
        .padEnd(32, '0')
        .match(/.{8}/g)
        ?.map((byte) => Number.parseInt(byte, 2)) ?? [];
    const reader = new BitReader(Uint8Array.from(bytes), 0, bytes.length);
    expect([1, 2, 3, 4, 5, 6].map(() => reader.unsigned())).toEqual([0, 1, 2, 3, 4, 15]);
  });

  test('a byte that only prevents a start code is left out', () => {
    const reader = new BitReader(Uint8Array.from([0, 0, 3, 1, 0xff]), 0, 5);
    expect([reader.bits(24), reader.bits(8), reader.exhausted]).toEqual([1, 0xff, false]);
    reader.bit();
    expect(reader.exhausted).toBe(true);
  });
});
