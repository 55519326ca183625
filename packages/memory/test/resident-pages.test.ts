import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ResidentPages } from '../src/index.ts';

const pages = await ResidentPages.find();

test.skipIf(pages === undefined)(
  'pages given back make RSS fall, and the program goes on as if nothing had been',
  () => {
    // Enough code and data to tell afterwards that nothing of it was lost.
    const before = JSON.stringify(Object.getOwnPropertyNames(globalThis));
    const high = process.memoryUsage.rss();
    pages?.release();
    const low = process.memoryUsage.rss();
    expect(low).toBeLessThan(high);
    const list = execFileSync(process.execPath, ['-p', '1 + 1'], { encoding: 'utf8' });
    expect(list.trim()).toBe('2');
    expect(JSON.stringify(Object.getOwnPropertyNames(globalThis))).toBe(before);
    // What was needed has come back from the page cache.
    expect(process.memoryUsage.rss()).toBeGreaterThan(low);
  },
);

test.skipIf(pages === undefined)('large blocks may be mappings of their own while something loads', () => {
  pages?.loading();
  const blocks = Array.from({ length: 20 }, () => Buffer.alloc(4 * 2 ** 20, 1));
  expect(blocks.every((block) => block[block.length - 1] === 1)).toBe(true);
  pages?.loaded();
});
