import { expect, test } from 'vitest';
import { ownResidentBytes } from '../src/index.ts';

const linux = process.platform === 'linux';

test.skipIf(!linux)('it is what is anonymous and shared, without the pages of files', () => {
  const status =
    'VmRSS:\t   51200 kB\nRssAnon:\t   10240 kB\nRssFile:\t   40000 kB\nRssShmem:\t     960 kB\n';
  expect(ownResidentBytes(() => status)).toBe((10_240 + 960) * 1024);
});

test.skipIf(!linux)('what cannot be read is no number, so that a gate fails on it', () => {
  expect(ownResidentBytes(() => 'VmRSS:\t 51200 kB\n')).toBeNaN();
});

test('a buffer that is written to shows', () => {
  const before = ownResidentBytes();
  const buffer = Buffer.alloc(32 * 2 ** 20, 1);
  expect(ownResidentBytes() - before).toBeGreaterThan(24 * 2 ** 20);
  expect(buffer.length).toBe(32 * 2 ** 20);
});
