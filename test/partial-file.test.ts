/** A result appears whole or not at all, and what stood beside it stays. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { behindLinks, PartialFile } from '../src/partial-file.ts';
import { Workbench } from './support/ffmpeg-program.ts';

test('it grows beside its place, under a name that nobody has, and then takes the place', () => {
  using bench = new Workbench();
  const target = bench.write('report.json', 'older');
  {
    using partial = PartialFile.create(target);
    using other = PartialFile.create(target);
    expect(partial.path).not.toBe(other.path);
    writeFileSync(partial.path, 'newer');
    expect(readFileSync(target, 'utf8')).toBe('older');
    partial.complete();
  }
  expect(readFileSync(target, 'utf8')).toBe('newer');
  expect(readdirSync(bench.path)).toEqual(['report.json']);
});

test('a name as long as names may be has room for it', () => {
  using bench = new Workbench();
  const target = bench.file('煤'.repeat(85));
  using partial = PartialFile.create(target);
  partial.complete();
  expect(lstatSync(target).isFile()).toBe(true);
});

test('a link is written through, over other links and to what is not there yet', () => {
  using bench = new Workbench();
  mkdirSync(bench.file('far'));
  symlinkSync('near', bench.file('latest'));
  symlinkSync('far/report.json', bench.file('near'));
  using partial = PartialFile.create(bench.file('latest'));
  writeFileSync(partial.path, 'whole');
  partial.complete();
  expect(readFileSync(bench.file('far/report.json'), 'utf8')).toBe('whole');
  expect(lstatSync(bench.file('latest')).isSymbolicLink()).toBe(true);
});

test('".." of a link behind a linked folder is where the link leads', () => {
  using bench = new Workbench();
  mkdirSync(join(bench.path, 'a/b'), { recursive: true });
  symlinkSync('a/b', bench.file('short'));
  symlinkSync('../report.json', bench.file('a/b/link'));
  using partial = PartialFile.create(bench.file('short/link'));
  partial.complete();
  expect(readdirSync(bench.file('a')).sort()).toEqual(['b', 'report.json']);
});

test('an open file of a process stays what it is', () => {
  expect(behindLinks('/dev/stdout')).toMatch(/^\/proc\//);
});
