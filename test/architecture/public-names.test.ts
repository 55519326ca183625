/** The names that others rely upon; the core's own list stands beside it in packages/memory/test. A changed snapshot is a changed promise: say so in CHANGELOG.md. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';
import { repository } from '../support/plateau-program.ts';

const entrances = {
  plateau: 'src/index.ts',
  'plateau/vision': 'src/vision/index.ts',
  'plateau/alarms': 'src/alarms/index.ts',
} as const;

/** Exported names in order, types marked as such. */
function publicNames(path: string): string[] {
  const { staticExports } = parseSync(path, readFileSync(join(repository, path), 'utf8')).module;
  return staticExports
    .flatMap(({ entries }) => entries)
    .map(({ exportName, isType }) => `${isType ? 'type ' : ''}${exportName.name ?? '*'}`)
    .sort();
}

test.each(Object.entries(entrances))('the public names of %s are these, each named', async (name, path) => {
  const names = publicNames(path);
  expect(names).not.toContain('*');
  await expect(`${names.join('\n')}\n`).toMatchFileSnapshot(
    `public-names/${name.replaceAll('/', '-').replace('@', '')}.txt`,
  );
});

test("plateau/memory is @plateau/memory under the application's name", () => {
  expect(readFileSync(join(repository, 'src/memory.ts'), 'utf8')).toContain(
    "export * from '@plateau/memory';",
  );
});
