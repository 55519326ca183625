import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledger } from '@plateau/memory';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { DecoderOpener } from '../../../src/vision/video/decoder-opener.ts';
import { Interruption } from '../../../src/vision/video/interruption.ts';
import type { OpenedStream } from '../../../src/vision/video/opened-stream.ts';
import { SourceParts } from '../../../src/vision/video/source-parts.ts';
import { parseVideoSource } from '../../../src/vision/video/video-source.ts';
import { ClipFolder } from '../../support/clips.ts';

const clips = new ClipFolder();
const decoders = new DecoderOpener('software', 'the test');
afterAll(() => {
  decoders[Symbol.dispose]();
  clips[Symbol.dispose]();
});
afterEach(() => expect(ledger.liveCount).toBe(0));

mkdirSync(clips.file('pictures'));
for (const name of ['p10.png', 'p1.png', 'p2.png']) {
  clips.make(join('pictures', name), {
    source: 'testsrc2=s=32x24:r=1:d=1',
    encoder: 'png',
    pixelFormat: 'rgb24',
    format: 'image2',
    formatOptions: { update: '1' },
  });
}
writeFileSync(clips.file('pictures/p3.png'), 'a picture that goes');
writeFileSync(clips.file('pictures/notes.txt'), 'no picture');

const interruption = new Interruption();

function partsOf(name: string): SourceParts {
  const options = { transport: 'auto', timeoutSeconds: 5, decoderThreads: 1, decoders } as const;
  return new SourceParts(parseVideoSource(clips.file(name)), true, options);
}

/** Which file was opened; it is closed at once. */
async function nameOf(opening: Promise<OpenedStream | undefined>): Promise<string | undefined> {
  await using opened = await opening;
  return opened?.container.source.label.split('/').at(-1);
}

describe('the parts of a source', () => {
  test('are the pictures of a folder in turn, without those that cannot be opened, and then the first again', async () => {
    const parts = partsOf('pictures');
    rmSync(clips.file('pictures/p3.png'));
    expect([parts.count, parts.loops]).toEqual([4, true]);
    const names = [await nameOf(parts.open(interruption))];
    const last = [parts.isLast];
    for (let more = 0; more < 5; more += 1) {
      names.push(await nameOf(parts.openNext(interruption)));
      last.push(parts.isLast);
    }
    expect(names).toEqual(['p1.png', 'p2.png', undefined, 'p10.png', 'p1.png', 'p2.png']);
    expect(last).toEqual([false, false, false, true, false, false]);
  });

  test('are one of a recording, over and over', async () => {
    clips.make('belt.mp4', { source: 'testsrc2=s=32x24:r=5:d=1' });
    const parts = partsOf('belt.mp4');
    expect([parts.count, parts.isLast]).toEqual([1, true]);
    expect(await nameOf(parts.open(interruption))).toBe('belt.mp4');
    expect(await nameOf(parts.openNext(interruption))).toBe('belt.mp4');
  });

  test('that are one, and cannot be opened again, end the source', async () => {
    clips.make('gone.mp4', { source: 'testsrc2=s=32x24:r=5:d=1' });
    const parts = partsOf('gone.mp4');
    await nameOf(parts.open(interruption));
    writeFileSync(clips.file('gone.mp4'), 'overwritten');
    await expect(parts.openNext(interruption)).rejects.toMatchObject({ code: 'ERR_SOURCE_UNREADABLE' });
  });

  test('are opened no more after a stop, whose reason comes back', async () => {
    const stopped = new Interruption();
    stopped.trip(new Error('stopped'));
    await expect(partsOf('pictures').openNext(stopped)).rejects.toThrow('stopped');
  });
});
