import { describe, expect, test } from 'vitest';
import { ReconnectBackoff } from '../../../src/vision/video/reconnect-backoff.ts';

describe('reconnect backoff', () => {
  test('waits double from half a second to half a minute and stay there', () => {
    const backoff = new ReconnectBackoff(() => 1);
    const waits = Array.from({ length: 9 }, () => backoff.next());
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
  });

  test('jitter takes up to half of a wait', () => {
    const backoff = new ReconnectBackoff(() => 0);
    expect([backoff.next(), backoff.next()]).toEqual([0.25, 0.5]);
  });

  test('a success begins anew', () => {
    const backoff = new ReconnectBackoff(() => 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(0.5);
  });

  test('after a refused password one waits for minutes at once, since cameras lock accounts', () => {
    const backoff = new ReconnectBackoff(() => 0.5);
    expect(backoff.next({ refused: true })).toBe(90);
  });

  test('waits stay bounded however long a camera is away', () => {
    const backoff = new ReconnectBackoff(() => 1);
    for (let i = 0; i < 5000; i += 1) expect(backoff.next()).toBeLessThanOrEqual(30);
  });
});
