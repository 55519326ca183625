/** The gate of `npm run check` must be able to close: a command that checks nothing passes as well. */
import { execFile } from 'node:child_process';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs what package.json names, on these folders. */
async function gate(...folders: string[]): Promise<{ code: number; output: string }> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const [program, ...words] = String(scripts['check:ownership']).split(' ');
  expect(program).toBe('node');
  const options = words.filter((word) => word.startsWith('--') || word.endsWith('.ts'));
  const args = [...options, ...(folders.length > 0 ? folders : words.filter((w) => !options.includes(w)))];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: root }, (_error, output) =>
      resolve({ code: child.exitCode ?? -1, output }),
    );
  });
}

test('our own sources pass the gate', async () => {
  expect(await gate()).toEqual({ code: 0, output: '' });
}, 60_000);

test('a disposable that is forgotten closes it, with file and line', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plateau-ownership-'));
  const text = [
    'class Capture implements Disposable { [Symbol.dispose](): void {} }',
    'export function forget(): void {',
    '  const capture = new Capture();',
    '}',
  ];
  await writeFile(join(folder.path, 'forgetful.ts'), text.join('\n'));
  const { code, output } = await gate(folder.path);
  expect(code).toBe(1);
  expect(output).toContain('forgetful.ts:3:');
}, 60_000);
