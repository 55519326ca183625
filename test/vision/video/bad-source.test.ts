import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ledger } from '@plateau/memory';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { PlateauError } from '../../../src/errors.ts';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';
import { ClipFolder } from '../../support/clips.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());
afterEach(() => expect(ledger.liveCount).toBe(0));

async function faultOf(source: string): Promise<PlateauError> {
  try {
    await using capture = await VideoCapture.open(source, { timeoutSeconds: 2 });
    while ((await capture.read()) !== undefined);
  } catch (error) {
    if (error instanceof PlateauError) return error;
    throw error;
  }
  throw new Error(`${source} was read to its end`);
}

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(clips.file(name), content);
  return clips.file(name);
}

describe('what is no video ends in one sentence', () => {
  const whole = () => readFileSync(clips.make('base.mp4', { source: 'testsrc2=s=320x240:r=10:d=2' }));

  test.each<[string, string, () => string]>([
    ['a missing file', 'ERR_SOURCE_MISSING', () => clips.file('nowhere.mp4')],
    ['a video device that is not there', 'ERR_SOURCE_MISSING', () => '/dev/video97'],
    ['a device that is no camera', 'ERR_SOURCE_UNREADABLE', () => '/dev/zero'],
    [
      'a pipe that nobody writes to',
      'ERR_SOURCE_UNREADABLE',
      () => {
        execFileSync('mkfifo', [clips.file('pipe')]);
        return clips.file('pipe');
      },
    ],
    ['a missing file: address', 'ERR_SOURCE_MISSING', () => `file://${clips.file('nowhere.mp4')}`],
    ['a path below a file', 'ERR_SOURCE_MISSING', () => `${write('a.txt', 'x')}/b.mp4`],
    ['an empty file', 'ERR_SOURCE_UNREADABLE', () => write('empty.mp4', '')],
    ['text named .mp4', 'ERR_SOURCE_UNREADABLE', () => write('text.mp4', 'this is no video\n'.repeat(50))],
    ['one byte', 'ERR_SOURCE_UNREADABLE', () => write('byte.mp4', 'x')],
    ['random bytes', 'ERR_SOURCE_UNREADABLE', () => write('noise.mp4', Buffer.alloc(50_000, 'Zq3!x'))],
    [
      'an MP4 whose index at the end is cut off',
      'ERR_SOURCE_UNREADABLE',
      () => write('cut.mp4', whole().subarray(0, 20_000)),
    ],
    [
      'sound only',
      'ERR_SOURCE_NO_FRAMES',
      () => clips.make('sound.mp4', { source: '', toneSeconds: 1, withoutPictures: true }),
    ],
    [
      'a folder without pictures',
      'ERR_SOURCE_NO_FRAMES',
      () => {
        mkdirSync(clips.file('nothing'));
        return clips.file('nothing');
      },
    ],
    [
      'a video of a single pixel',
      'ERR_SOURCE_FORMAT',
      () => clips.make('pixel.mkv', { source: 'testsrc2=s=8x8:r=1:d=1,scale=1:1', encoder: 'ffv1' }),
    ],
    ['an unknown scheme', 'ERR_USAGE', () => 'gopher://host/x'],
    ['an address without a host', 'ERR_USAGE', () => 'rtsp:///cam'],
    ['a port where nobody listens', 'ERR_SOURCE_UNREACHABLE', () => 'rtsp://127.0.0.1:9/cam'],
    ['a web port where nobody listens', 'ERR_SOURCE_UNREACHABLE', () => 'http://127.0.0.1:9/cam'],
    ['a host that does not exist', 'ERR_SOURCE_UNREACHABLE', () => 'rtsp://no-such-camera.invalid/cam'],
  ])('%s: %s', async (_, code, make) => {
    const source = make();
    const fault = await faultOf(source);
    expect(fault.code).toBe(code);
    expect(fault.message).not.toMatch(/\n|undefined/);
    expect(fault.message).toContain(source.replace('file://', ''));
    // A remedy follows the colon.
    expect(fault.message).toMatch(/[^:]: (?:\S+ ){2,}/);
  });

  test('a container that promises pictures and holds none says so', async () => {
    const bytes = whole();
    const at = bytes.indexOf('mdat');
    const hollow = Uint8Array.from(bytes);
    hollow.fill(0, at + 4, at + 4 + bytes.readUInt32BE(at - 4) - 8);
    const fault = await faultOf(write('hollow.mp4', hollow));
    expect(fault.code).toBe('ERR_SOURCE_NO_FRAMES');
  });

  test('no password of an address is in its error', async () => {
    const fault = await faultOf('rtsp://admin:P@ss:w/rd@127.0.0.1:9/cam');
    expect(fault.message).toContain('rtsp://admin:***@127.0.0.1:9/cam');
    expect(JSON.stringify([fault.message, fault.stack, String(fault.cause)])).not.toMatch(/P@ss|w\/rd/);
  });
});
