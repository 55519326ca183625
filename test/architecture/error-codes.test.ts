/** docs/errors.md names the codes of src/errors.ts and of the memory core, all of them and no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodeOf } from '../../src/errors.ts';
import { repository } from '../support/plateau-program.ts';
import { sourceFiles } from '../support/source-tree.ts';

const page = readFileSync(join(repository, 'docs/errors.md'), 'utf8');
const codes = Object.keys(exitCodeOf);
const memoryErrors = readFileSync(join(repository, 'packages/memory/src/errors.ts'), 'utf8');
const memoryCodes = [...new Set(memoryErrors.match(/ERR_[A-Z_]+/g))];
/** `## ERR_X (exit N)`, or `(memory)`, and what stands below it. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.split('\n')[0], text] as const)
    .filter(([title]) => title.startsWith('ERR_')),
);

test('every code has a section with its exit code, and nothing else has one', () => {
  const titles = codes.map((code) => `${code} (exit ${exitCodeOf[code as keyof typeof exitCodeOf]})`);
  titles.push(...memoryCodes.map((code) => `${code} (memory)`));
  expect([...sections.keys()].sort()).toEqual(titles.sort());
});

test('each section tells when, what to do, and both in Vietnamese', () => {
  for (const [title, text] of sections) {
    expect(text, title).toMatch(/^\*\*When\*\* .{20,}/m);
    expect(text, title).toMatch(/^\*\*Do\*\* .{15,}/m);
    expect(text, title).toMatch(
      /^\*\*Tiếng Việt\*\* .{20,}[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]/im,
    );
  }
});

test('every code is thrown somewhere', () => {
  const sources = sourceFiles('src').filter(({ path }) => path !== 'src/errors.ts');
  const unused = codes.filter((code) => !sources.some(({ text }) => text.includes(`'${code}'`)));
  // ERR_INTERNAL is what becomes of an error without a code when it crosses a thread border, in errors.ts itself.
  expect(unused.filter((code) => code !== 'ERR_INTERNAL')).toEqual([]);
});
