import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../src/runtime/make-folder.ts';

const base = mkdtempSync(join(tmpdir(), 'plateau-folder-'));
afterAll(() => rmSync(base, { recursive: true }));

test('a folder and those above it are made, and one that is there is left', () => {
  const path = join(base, 'a/b/c');
  makeFolder(path);
  makeFolder(path);
  expect(existsSync(path)).toBe(true);
});

test('a file in the way is refused', () => {
  writeFileSync(join(base, 'file'), '');
  expect(() => makeFolder(join(base, 'file/below'))).toThrow(/ENOTDIR|EEXIST/);
});

test.skipIf(!existsSync('/proc/self'))(
  'a file system that makes no folders is refused, and holds nothing up',
  () => {
    expect(() => makeFolder('/proc/plateau/labels')).toThrow(/ENOENT|EACCES|EPERM/);
  },
);
