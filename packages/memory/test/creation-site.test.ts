import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { siteOfStack } from '../src/creation-site.ts';

test.each([
  ['    at open (file:///srv/app/capture.ts:12:7)', '/srv/app/capture.ts:12:7'],
  ['    at /srv/app/main.ts:1:2', '/srv/app/main.ts:1:2'],
  ['    at async run (file:///srv/app/run.ts:3:4)', '/srv/app/run.ts:3:4'],
  ['    at async file:///srv/app/run.ts:3:4', '/srv/app/run.ts:3:4'],
  ['    at file:///srv/a%20b/run.ts:3:4', '/srv/a b/run.ts:3:4'],
  ['    at new Capture (/srv/app (copy)/capture.ts:5:6)', 'unknown'],
  ['    at node:internal/process/task_queues:95:5\n    at f (/srv/x.ts:9:9)', '/srv/x.ts:9:9'],
  ['Error: x\n    at <anonymous>', 'unknown'],
])('of %o the place is %o', (stack, site) => {
  expect(siteOfStack(stack)).toBe(site);
});

test('frames of this package are passed over for that of the caller', () => {
  const own = fileURLToPath(new URL('../src/ledger.ts', import.meta.url));
  expect(siteOfStack(`    at track (${own}:1:1)\n    at open (/srv/app.ts:2:3)`)).toBe('/srv/app.ts:2:3');
  expect(siteOfStack(`    at track (${own}:1:1)`)).toBe(`${own}:1:1`);
});

test('a folder beside it whose name begins like it is not this package', () => {
  const own = fileURLToPath(new URL('../src/ledger.ts', import.meta.url));
  const beside = own.replace('ledger.ts', '').replace(/.$/, '-of-the-plant/app.ts:2:3');
  expect(siteOfStack(`    at track (${own}:1:1)\n    at open (${beside})\n    at /srv/main.ts:4:5`)).toBe(
    beside,
  );
});
