/**
 * `check-ownership FOLDER...`: the check as a command, for any project. Exit 0: nothing found; 1: findings, a line each;
 * 2: wrong use, a file that cannot be parsed, or oxc-parser is not installed, with a sentence on standard error.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkOwnership, type OwnershipInput } from './check-ownership.ts';
import { loadParser } from './load-parser.ts';

const usage = `check-ownership FOLDER|FILE...

Finds disposables that are acquired and neither used, kept, moved nor returned, in TypeScript and JavaScript.

  check-ownership src            what is wrong, one line each: file:line:column  mistake  sentence
  check-ownership --json src     the same as JSON

A function that hands out what somebody else owns says @borrowed in its doc comment. A line that is right in spite of the
rules says why above: // ownership: <reason>
Needs the package oxc-parser.`;

const sourceName = /\.[cm]?[jt]sx?$/;

const options = new Set(['--json', '--help']);

/** What the caller of the command got wrong. */
class UsageError extends Error {}

/**
 * @param args The command's arguments.
 * @param print Takes the findings.
 * @param complain Takes the one sentence about a wrong use.
 * @returns Its exit code.
 */
export async function main(
  args: readonly string[],
  print: (line: string) => void,
  complain: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): Promise<number> {
  try {
    return await check(args, print);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SyntaxError)) throw error;
    complain(`check-ownership: ${error.message}`);
    return 2;
  }
}

async function check(args: readonly string[], print: (line: string) => void): Promise<number> {
  const paths = args.filter((one) => !one.startsWith('-'));
  const unknown = args.find((one) => one.startsWith('-') && !options.has(one));
  if (unknown !== undefined)
    throw new UsageError(`there is no option ${unknown}; --help shows those there are`);
  if (args.includes('--help')) {
    print(usage);
    return 0;
  }
  if (paths.length === 0) throw new UsageError('which folder or file? For example: check-ownership src');
  const parse = await loadParser();
  if (parse === undefined) {
    throw new UsageError(
      'needs the package oxc-parser, which is not installed: npm install --save-dev oxc-parser',
    );
  }
  const files = paths.flatMap((path) => sourcesOf(path));
  const inputs = files.map(
    (path): OwnershipInput => ({ path: relative('.', path), text: readFileSync(path, 'utf8') }),
  );
  const findings = checkOwnership([...inputs, ...ownDeclarations(files)], parse);
  if (args.includes('--json')) print(JSON.stringify(findings, undefined, 2));
  else
    for (const one of findings)
      print(`${one.path}:${one.line}:${one.column}  ${one.mistake}  ${one.sentence}`);
  return findings.length === 0 ? 0 : 1;
}

/** The source files of a path that was named. @throws UsageError where there is nothing. */
function sourcesOf(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`there is no ${path}`);
  const files = sourcesIn(path).filter((file) => sourceName.test(file));
  // A check that has looked at nothing must not pass.
  if (files.length === 0)
    throw new UsageError(`there is no TypeScript or JavaScript in ${path}; name the folder of the sources`);
  return files;
}

function sourcesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) return [];
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return sourcesIn(inner);
    return sourceName.test(entry.name) && !/\.d\.[cm]?ts$/.test(entry.name) ? [inner] : [];
  });
}

/** What this package declares about its own disposables, for programs that use it. */
function ownDeclarations(checked: readonly string[]): OwnershipInput[] {
  const folder = dirname(dirname(fileURLToPath(import.meta.url)));
  const already = new Set(checked.map((path) => join(process.cwd(), relative('.', path))));
  return readdirSync(folder)
    .filter((name) => (import.meta.url.endsWith('.ts') ? name.endsWith('.ts') : name.endsWith('.d.ts')))
    .map((name) => join(folder, name))
    .filter((path) => !already.has(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8'), declarationsOnly: true }));
}
