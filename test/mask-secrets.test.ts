import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../src/mask-secrets.ts';

describe('maskSecrets', () => {
  test.each([
    ['rtsp://admin:secret@10.0.0.1:554/cam', 'rtsp://admin:***@10.0.0.1:554/cam'],
    ['rtsp://admin:P@ss@10.0.0.1/cam', 'rtsp://admin:***@10.0.0.1/cam'],
    ['rtsp://admin:a#b:c/d?e@10.0.0.1/cam', 'rtsp://admin:***@10.0.0.1/cam'],
    ['rtsp://admin:100%21@10.0.0.1/cam', 'rtsp://admin:***@10.0.0.1/cam'],
    ['rtsp://admin:mật khẩu@10.0.0.1/cam', 'rtsp://admin:***@10.0.0.1/cam'],
    ["rtsp://admin:it's@10.0.0.1/cam", 'rtsp://admin:***@10.0.0.1/cam'],
    ['rtsp://admin:554/x@10.0.0.1/cam', 'rtsp://admin:***@10.0.0.1/cam'],
    ['rtsp://:secret@10.0.0.1/cam', 'rtsp://:***@10.0.0.1/cam'],
    [
      'Connection to tcp://u:p%40w@h:554?timeout=5 failed: refused',
      'Connection to tcp://u:***@h:554?timeout=5 failed: refused',
    ],
    [
      'two: rtsp://a:one@h1/x and "rtsp://b:two@h2/y" failed',
      'two: rtsp://a:***@h1/x and "rtsp://b:***@h2/y" failed',
    ],
    ['there is no file rtsp:/user:secret@h/x: check', 'there is no file rtsp:/user:***@h/x: check'],
    ['rtsp:/user:my p@ss:w/rd@h/x', 'rtsp:/user:***@h/x'],
    ['rtsp:///user:secret@h/x', 'rtsp:///user:***@h/x'],
    ['rtsp//user:secret@h/x', 'rtsp//user:***@h/x'],
    ['there is no file user:secret@127.0.0.1:1/x: check', 'there is no file user:***@127.0.0.1:1/x: check'],
    ["user:p@s:s/w'rd@h/x", 'user:***@h/x'],
    ['a:one@h1,rtsp://b:two@h2/y', 'a:***@h1,rtsp://b:***@h2/y'],
    ['http://h/video?user=a&password=secret&x=1', 'http://h/video?user=a&password=***&x=1'],
  ])('%s', (text, shown) => {
    expect(maskSecrets(text)).toBe(shown);
  });

  test.each([
    'rtsp://10.0.0.1:554/cam',
    'rtsp://camera.local/cam@2',
    'rtsp://10.0.0.1:554/cam refused the connection: write to help@plant.example',
    'there is no file /data/a@b.mp4',
    'file:/data/a@b.mp4',
    'src/a.ts:12: write to help@plant.example',
    'mailto:help@plant.example',
    'at run (file:///srv/node_modules/@plateau/memory/index.js:10:5)',
    '{"at":1,"mail":"help@plant.example"}',
    '[h264 @ 0x5581] no frame',
  ])('leaves alone: %s', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  test('no password of any letters comes through', () => {
    // Letters of which neither the text around nor the host has any; the awkward ones in between.
    const letter = fc.constantFrom(...'QZXJ@:/#?%&"<> +=~!$*()[]{}|\\^`,;é漢');
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 24 }), (letters) => {
        const password = `QQ${letters.join('')}ZZ`;
        const masked = maskSecrets(`[rtsp] rtsp://admin:${password}@cam.local:554/live failed: 401`);
        expect(masked).toBe('[rtsp] rtsp://admin:***@cam.local:554/live failed: 401');
        const advised = `${masked}: write @ and : as %40 and %3A`;
        expect(maskSecrets(advised)).toBe(advised);
      }),
      { numRuns: 2000 },
    );
  });

  test('no password without spaces comes through where the scheme is spoilt or absent', () => {
    const letter = fc.constantFrom(...'QZXJ@:/#?%&"<>+=~!$*()[]{}|\\^`,;é漢');
    const spoilt = fc.constantFrom('', 'rtsp:/', 'rtsp//', 'rtsp:///', 'rtsp;//');
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 24 }), spoilt, (letters, scheme) => {
        const password = `QQ${letters.join('')}ZZ`;
        const masked = maskSecrets(`there is no file ${scheme}admin:${password}@cam.local:554/live: check`);
        expect(masked).toBe(`there is no file ${scheme}admin:***@cam.local:554/live: check`);
        expect(maskSecrets(masked)).toBe(masked);
      }),
      { numRuns: 2000 },
    );
  });

  test('a long text without any address costs no time', () => {
    const began = performance.now();
    maskSecrets('a:'.repeat(100_000));
    maskSecrets(`rtsp://${'a:'.repeat(20_000)}`);
    maskSecrets('rtsp://a:'.repeat(5_000));
    maskSecrets('a:b@c'.repeat(50_000));
    maskSecrets('a:b@x://'.repeat(50_000));
    maskSecrets(`${'a:'.repeat(100_000)}@`);
    maskSecrets(`${'://'.repeat(100_000)}@`);
    maskSecrets(`${'rtsp:/'.repeat(20_000)}@`);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
