/** Rules of the house that the syntax tree can tell. */
import { describe, expect, test } from 'vitest';
import { type SourceFile, sourceFiles, visit } from '../support/source-tree.ts';

const files = sourceFiles('src', 'packages/memory/src');

/** Calls of `terminate()`: during an inference they would abort the whole process. */
function terminations(all: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of all)
    visit(file, 'CallExpression', ({ callee }, line) => {
      const name =
        callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
          ? callee.property.name
          : '';
      if (name === 'terminate') found.push(`${file.path}:${line}`);
    });
  return found;
}

/** Blocks behind `catch` with nothing in them. */
function emptyCatches(all: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of all)
    visit(file, 'CatchClause', ({ body }, line) => {
      if (body.body.length === 0) found.push(`${file.path}:${line}`);
    });
  return found;
}

const planted: SourceFile = {
  path: 'planted.ts',
  text: 'const worker = 1 as any;\ntry {\n  await worker.terminate();\n} catch {\n  // nothing\n}\n',
  imports: [],
};

describe('house rules', () => {
  test('a thread ends by message: terminate() is called nowhere', () => {
    expect(terminations(files)).toEqual([]);
    expect(terminations([planted])).toEqual(['planted.ts:3']);
  });

  test('no catch is empty', () => {
    expect(emptyCatches(files)).toEqual([]);
    expect(emptyCatches([planted])).toEqual(['planted.ts:4']);
  });

  test('a file is named after what it exports, and none is a drawer for everything', () => {
    const drawers = /(?:^|[-/])(?:utils?|misc|helpers?|manager|core|common)\.ts$/;
    expect(files.filter(({ path }) => drawers.test(path)).map(({ path }) => path)).toEqual([]);
  });

  test('relative imports end in .ts', () => {
    const bare = files.flatMap(({ imports }) =>
      imports
        .filter(({ to }) => /^(?:src|packages)\//.test(to) && !to.endsWith('.ts'))
        .map(({ from, to }) => `${from}: ${to}`),
    );
    expect(bare).toEqual([]);
  });
});
