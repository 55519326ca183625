import { ledger } from '@plateau/memory';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PendingPictures } from '../../src/runtime/pending-pictures.ts';
import { Frame, pixelFormats } from '../../src/vision/video/ffmpeg.ts';
import { blankFacts, type KeptFrame, VideoFrame } from '../../src/vision/video/video-frame.ts';

/** A real picture of a few pixels, with its number as its time. */
function picture(sequence: number): KeptFrame {
  using native = new Frame();
  native.alloc();
  native.width = 16;
  native.height = 16;
  native.format = pixelFormats.yuv420p;
  expect(native.getBuffer(0)).toBeGreaterThanOrEqual(0);
  return new VideoFrame(native, { ...blankFacts(), timestampSeconds: sequence }, 'belt').clone();
}

function held(capacity: number, sequences: readonly number[]): PendingPictures {
  const pictures = new PendingPictures(capacity);
  for (const sequence of sequences) pictures.add(sequence, picture(sequence));
  return pictures;
}

test('a decision gets its own picture, and those before it are given up', () => {
  using pictures = held(5, [1, 2, 3, 4]);
  using taken = pictures.take(3);
  expect(taken?.timestampSeconds).toBe(3);
  expect([pictures.count, pictures.givenUp]).toEqual([1, 2]);
});

test('a decision whose picture is not held gets none, and later ones stay', () => {
  using pictures = held(5, [2, 6]);
  expect(pictures.take(1)).toBeUndefined();
  expect(pictures.take(4)).toBeUndefined();
  expect([pictures.count, pictures.givenUp]).toEqual([1, 1]);
});

test('of one picture too many the oldest is given up', () => {
  using pictures = held(2, [1, 2, 3]);
  expect([pictures.count, pictures.givenUp]).toEqual([2, 1]);
  expect(pictures.take(1)).toBeUndefined();
  using taken = pictures.take(2);
  expect(taken?.timestampSeconds).toBe(2);
});

test('whatever comes and is taken, pictures live as long as they are held and no longer', () => {
  const step = fc.record({ isTaken: fc.boolean(), ahead: fc.integer({ min: 1, max: 3 }) });
  const before = ledger.bytesOf('VideoFrame');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 20 }), (capacity, steps) => {
      const pictures = new PendingPictures(capacity);
      let waiting: number[] = [];
      let lost = 0;
      let last = 0;
      const each = ((): number => {
        using one = picture(0);
        expect(one.width).toBe(16);
        return ledger.bytesOf('VideoFrame') - before;
      })();
      for (const { isTaken, ahead } of steps) {
        if (isTaken) {
          const wanted = (waiting[0] ?? last) + ahead - 1;
          using taken = pictures.take(wanted);
          expect(taken?.timestampSeconds).toBe(waiting.includes(wanted) ? wanted : undefined);
          lost += waiting.filter((one) => one < wanted).length;
          waiting = waiting.filter((one) => one > wanted);
        } else {
          last += ahead;
          pictures.add(last, picture(last));
          lost += Math.max(0, waiting.length + 1 - capacity);
          waiting = [...waiting, last].slice(-capacity);
        }
        expect([pictures.count, pictures.givenUp]).toEqual([waiting.length, lost]);
        expect(ledger.bytesOf('VideoFrame') - before).toBe(waiting.length * each);
      }
      pictures[Symbol.dispose]();
      expect(pictures.count).toBe(0);
      expect(ledger.bytesOf('VideoFrame')).toBe(before);
    }),
  );
});
