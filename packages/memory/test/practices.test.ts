/** The examples of `examples/practices`: each runs, and the right way costs less where it is said to. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { WayFigures } from '../../../examples/practices/compare.ts';
import { fromPython } from '../../../examples/practices/write-from-python.ts';

const run = promisify(execFile);
const folder = new URL('../../../examples/practices/', import.meta.url);
const examples = readdirSync(folder).filter((name) => /^\d[a-z]-.*\.ts$/.test(name));
const pairs = examples.filter((name) => textOf(name).includes('// #region wrong'));

function textOf(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

async function runWay(name: string, way: 'wrong' | 'right'): Promise<WayFigures> {
  const path = fileURLToPath(new URL(name, folder));
  const env = { ...process.env, PLATEAU_PRACTICE_WAY: way };
  const { stdout } = await run(process.execPath, ['--conditions=source', path], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as WayFigures;
}

test.each(pairs)(
  '%s: the right way costs less',
  async (name) => {
    const seenIn = /seenIn: '([^']+)'/.exec(textOf(name))?.[1] as keyof WayFigures;
    const [wrong, right] = [await runWay(name, 'wrong'), await runWay(name, 'right')];
    expect(wrong[seenIn]).toBeGreaterThan(0);
    expect(wrong[seenIn]).toBeGreaterThan(1.3 * (right[seenIn] ?? Number.POSITIVE_INFINITY));
  },
  90_000,
);

test.each(examples.filter((name) => !pairs.includes(name)))(
  '%s runs',
  async (name) => {
    const path = fileURLToPath(new URL(name, folder));
    const { stdout } = await run(process.execPath, ['--conditions=source', path]);
    expect(stdout).not.toBe('');
  },
  60_000,
);

test.each([
  ['9a-results-pile-up.ts', /9a-results-pile-up\.ts:(\d+):/, 'detector.watch(predict())'],
  ['9b-forgotten-capture.ts', /(VideoCapture) .* made at \S+\.ts:\d+:\d+ were never released/, undefined],
  ['9c-needless-copies.ts', /9c-needless-copies\.ts:(\d+):/, 'frame.copy()'],
])(
  '%s names the line of its mistake',
  async (name, named, code) => {
    const path = fileURLToPath(new URL(name, folder));
    const env = { ...process.env, PLATEAU_PRACTICE_WAY: 'wrong' };
    const { stderr } = await run(process.execPath, ['--conditions=source', path], { env });
    const found = named.exec(stderr)?.[1];
    expect(found, stderr).toBeDefined();
    if (code !== undefined) expect(textOf(name).split('\n')[Number(found) - 1]).toContain(code);
  },
  60_000,
);

test('docs/from-python.md is what the examples say', () => {
  const page = readFileSync(new URL('../../../docs/from-python.md', import.meta.url), 'utf8');
  expect(page).toBe(fromPython());
});

test('every Python snippet of the document has its example', () => {
  const python = readdirSync(new URL('python/', folder)).map((name) => name.replace(/\.py$/, '.ts'));
  expect(python.sort()).toEqual(examples.sort());
  expect(examples).toHaveLength(25);
});
