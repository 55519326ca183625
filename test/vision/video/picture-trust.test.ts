import { describe, expect, test } from 'vitest';
import { PictureTrust } from '../../../src/vision/video/picture-trust.ts';

describe('picture trust', () => {
  test('a stream that begins with a key frame is trusted at once', () => {
    const trust = new PictureTrust({ showsRefused: false });
    trust.packet(true);
    expect(trust.picture(false, false)).toBeNull();
  });

  test('a stream that begins between two key frames is unknown until the next', () => {
    const trust = new PictureTrust({ showsRefused: false });
    trust.packet(false);
    expect(trust.picture(false, false)).not.toBeNull();
    expect(trust.picture(true, false)).toBeNull();
  });

  test('after a key frame that was refused, all is unknown until the next good one', () => {
    const trust = new PictureTrust({ showsRefused: false });
    trust.packet(true);
    trust.refused(true, 10n);
    expect(trust.picture(false, false)).not.toBeNull();
    expect(trust.picture(true, true)).not.toBeNull();
    expect(trust.picture(false, false)).not.toBeNull();
    expect(trust.picture(true, false)).toBeNull();
  });

  test('another picture that was refused or damaged costs only itself', () => {
    const trust = new PictureTrust({ showsRefused: false });
    trust.packet(true);
    trust.refused(false, 10n);
    expect(trust.picture(false, true)).toBeNull();
  });

  test('missing pictures make unknown, unless it turns out that none was missing', () => {
    const trust = new PictureTrust({ showsRefused: false });
    trust.packet(true);
    trust.gap();
    expect(trust.picture(false, false)).not.toBeNull();
    trust.gapClosed();
    expect(trust.picture(false, false)).toBeNull();
  });

  test('a damaged number does not excuse a lost key frame', () => {
    const trust = new PictureTrust({ showsRefused: false });
    trust.packet(true);
    trust.refused(true, 10n);
    trust.gapClosed();
    expect(trust.picture(false, false)).not.toBeNull();
  });

  test('the picture of a refused packet that comes nevertheless does not end the doubt', () => {
    for (const time of [50n, undefined]) {
      const trust = new PictureTrust({ showsRefused: true });
      trust.packet(true);
      trust.refused(true, time);
      expect(trust.wasRefused(false, time === undefined ? undefined : 49n)).toBe(false);
      expect(trust.wasRefused(true, time)).toBe(true);
      expect(trust.picture(true, true)).not.toBeNull();
      expect(trust.wasRefused(true, time)).toBe(false);
      expect(trust.picture(true, false)).toBeNull();
    }
  });
});
