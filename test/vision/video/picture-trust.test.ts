import { describe, expect, test } from 'vitest';
import { PictureTrust } from '../../../src/vision/video/picture-trust.ts';

describe('picture trust', () => {
  test('a stream that begins with a key frame is trusted at once', () => {
    const trust = new PictureTrust();
    trust.packet(true);
    expect(trust.picture(false, false)).toBeNull();
  });

  test('a stream that begins between two key frames is unknown until the next', () => {
    const trust = new PictureTrust();
    trust.packet(false);
    expect(trust.picture(false, false)).not.toBeNull();
    expect(trust.picture(true, false)).toBeNull();
  });

  test('after a key frame that was refused, all is unknown until the next good one', () => {
    const trust = new PictureTrust();
    trust.packet(true);
    trust.refused(true);
    expect(trust.picture(false, false)).not.toBeNull();
    expect(trust.picture(true, true)).not.toBeNull();
    expect(trust.picture(false, false)).not.toBeNull();
    expect(trust.picture(true, false)).toBeNull();
  });

  test('another picture that was refused or damaged costs only itself', () => {
    const trust = new PictureTrust();
    trust.packet(true);
    trust.refused(false);
    expect(trust.picture(false, true)).toBeNull();
  });

  test('missing pictures make unknown, unless it turns out that none was missing', () => {
    const trust = new PictureTrust();
    trust.packet(true);
    trust.gap();
    expect(trust.picture(false, false)).not.toBeNull();
    trust.gapClosed();
    expect(trust.picture(false, false)).toBeNull();
  });

  test('a damaged number does not excuse a lost key frame', () => {
    const trust = new PictureTrust();
    trust.packet(true);
    trust.refused(true);
    trust.gapClosed();
    expect(trust.picture(false, false)).not.toBeNull();
  });
});
