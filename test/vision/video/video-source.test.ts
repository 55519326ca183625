import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { isLiveKind, parseVideoSource } from '../../../src/vision/video/video-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'plateau-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a source on this machine', () => {
  test('is a file by its path, however odd that is, and by its address', () => {
    for (const name of ['belt.mp4', 'belt 100%20 #1?.mp4', 'rtsp:belt.mp4', '-i.mp4']) {
      const path = write(name, 'x');
      const source = {
        kind: 'file',
        // With `file:` ahead FFmpeg takes no part of a name for a protocol.
        address: `file:${path}`,
        otherAddress: undefined,
        label: path,
        host: undefined,
      };
      expect(parseVideoSource(path)).toEqual(source);
      expect(parseVideoSource(` ${pathToFileURL(path).href}\n`)).toEqual(source);
    }
  });

  test('is a folder where its path is one', () => {
    mkdirSync(join(folder, 'pictures'));
    const path = join(folder, 'pictures');
    expect(parseVideoSource(path)).toMatchObject({ kind: 'folder', address: path, label: path });
  });

  test.each([
    ['that is missing', 'ERR_SOURCE_MISSING', () => join(folder, 'nowhere.mp4')],
    ['below a file', 'ERR_SOURCE_MISSING', () => join(write('a.txt', 'x'), 'b.mp4')],
    ['of no bytes', 'ERR_SOURCE_UNREADABLE', () => write('empty.mp4', '')],
    ['that is no camera', 'ERR_SOURCE_UNREADABLE', () => '/dev/null'],
    ['of a name that no file can have', 'ERR_SOURCE_UNREADABLE', () => join(folder, 'x'.repeat(300))],
  ])('%s is refused: %s', (_, code, make) => {
    const path = make();
    expect(() => parseVideoSource(path)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(path) }),
    );
  });
});

describe('a source on the network', () => {
  test.each([
    ['rtsp://camera.local:554/1', 'rtsp', 'camera.local'],
    ['RTSPS://10.0.0.7/1', 'rtsp', '10.0.0.7'],
    ['http://[fe80::1]:8080/a.mjpg', 'http', 'fe80::1'],
    ['https://camera.local', 'http', 'camera.local'],
  ])('%s is of kind %s at %s', (address, kind, host) => {
    expect(parseVideoSource(address)).toMatchObject({ kind, host, otherAddress: undefined });
  });

  test('shows its user and never its password, which FFmpeg gets encoded', () => {
    const { address, label, host } = parseVideoSource('rtsp://ann:p@ss/w#rd@camera.local:554/1?token=abc');
    expect(address).toBe('rtsp://ann:p%40ss%2Fw%23rd@camera.local:554/1?token=abc');
    expect(label).toBe('rtsp://ann:***@camera.local:554/1?token=***');
    expect(host).toBe('camera.local');
  });

  test('has a second address where its password may be meant as it is written', () => {
    const { address, otherAddress, label } = parseVideoSource('rtsp://ann:100%21@camera.local/1');
    expect(address).toBe('rtsp://ann:100!@camera.local/1');
    expect(otherAddress).toBe('rtsp://ann:100%2521@camera.local/1');
    expect(label).not.toMatch(/100/);
  });

  test.each([
    ['rtmp://ann:secret@host/1', /"rtmp" is no kind of source that Plateau reads/],
    ['rtsp:///secret/1', /names no host/],
    ['http://ann:secret@/1', /names no host/],
  ])('%s is refused, without its password', (address, message) => {
    expect(() => parseVideoSource(address)).toThrow(message);
    expect(() => parseVideoSource(address)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
    expect(() => parseVideoSource(address)).not.toThrow(/ann:secret/);
  });
});

test('cameras and devices go on for ever, and nothing else does', () => {
  const kinds = ['file', 'folder', 'rtsp', 'http', 'device'] as const;
  expect(kinds.filter(isLiveKind)).toEqual(['rtsp', 'device']);
});
