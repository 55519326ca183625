import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cameraUrlText, parseCameraUrl, withCredentials } from '../../../src/vision/video/camera-url.ts';

const passwords = ['P@ss', 'a#b:c/d?e', '100%21', 'mật khẩu', 'x@y/z', '1/2', '%', 'pa ss'];

describe('camera addresses', () => {
  test.each(passwords)('the password %s is understood percent-encoded', (password) => {
    const url = parseCameraUrl(`rtsp://admin:${encodeURIComponent(password)}@10.0.0.1:554/cam?x=1`);
    expect(url).toMatchObject({ user: 'admin', password, host: '10.0.0.1:554', rest: '/cam?x=1' });
  });

  test.each(passwords.filter((one) => !/%\d/.test(one)))('the password %s is understood raw', (password) => {
    const url = parseCameraUrl(`rtsp://admin:${password}@10.0.0.1:554/cam`);
    expect(url).toMatchObject({ user: 'admin', password, host: '10.0.0.1:554', rest: '/cam' });
  });

  test('an escape is decoded once, and its literal spelling is kept as a second try', () => {
    const url = parseCameraUrl('rtsp://admin:100%21@cam/x');
    expect(url?.password).toBe('100!');
    expect(url?.literal?.password).toBe('100%21');
    expect(url && cameraUrlText(url, { asWritten: true })).toBe('rtsp://admin:100%2521@cam/x');
  });

  test.each([
    ['rtsp://h/cam@2', undefined, 'h', '/cam@2'],
    ['rtsp://u:p@h/cam@1', 'u', 'h', '/cam@1'],
    ['rtsp://h:554/a@b/c', undefined, 'h:554', '/a@b/c'],
    ['rtsp://[fe80::1]:554/x', undefined, '[fe80::1]:554', '/x'],
    ['RTSP://u@h', 'u', 'h', ''],
  ])('%s keeps an @ of its path', (text, user, host, rest) => {
    expect(parseCameraUrl(text)).toMatchObject({ user, host, rest });
  });

  test.each(['', 'fill.mp4', 'rtsp://', 'rtsp:///x', 'rtsp://u:p@/x'])('%j is no address', (text) => {
    expect(parseCameraUrl(text)).toBeUndefined();
  });

  test('fields are literal: any user and password come out as they went in', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = parseCameraUrl(withCredentials('rtsp://10.0.0.1:554/cam', user, password));
        expect(url).toMatchObject({ user, password, host: '10.0.0.1:554', rest: '/cam' });
      }),
    );
  });
});
