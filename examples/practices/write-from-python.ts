/**
 * Writes `docs/from-python.md` from the examples, so that it cannot go stale: a test compares the two.
 *
 *     node examples/practices/write-from-python.ts
 */
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('./', import.meta.url);
const target = new URL('../../docs/from-python.md', import.meta.url);

const head = `# From Python

Each snippet of *Memory Management Best Practices* beside what does its work in Plateau. The TypeScript is taken from
[\`examples/practices\`](../examples/practices), where each runs and prints what both ways cost; \`node
examples/practices/write-from-python.ts\` writes this page.

\`\`\`sh
node --conditions=source examples/practices/2c-in-place.ts
\`\`\`
`;

/** The page's text. */
export function fromPython(): string {
  const examples = readdirSync(folder).filter((name) => /^\d[a-z]-.*\.ts$/.test(name));
  return [head, ...examples.sort().map(sectionOf)].join('\n');
}

function sectionOf(name: string): string {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const python = readFileSync(new URL(`python/${name.replace(/\.ts$/, '.py')}`, folder), 'utf8');
  const about = /^\/\*\* (.*?) \*\//s.exec(text)?.[1] ?? '';
  const isNumbered = about.startsWith(name.slice(0, 2));
  // The heading is the first sentence; the rest stands below it.
  const [, title = about, rest = ''] =
    /^(.*?[^0-9a-z]?[.:]) (.*)$/s.exec(about.replace(/^\d[a-z]\. /, '')) ?? [];
  const parts = [`## ${name.slice(0, 2)}. ${title.replace(/[.:]$/, '')}`];
  if (rest !== '') parts.push(rest.charAt(0).toUpperCase() + rest.slice(1));
  if (!isNumbered) parts[0] = `## ${title.replace(/[.:]$/, '')}`;
  parts.push(block('python', python));
  for (const [region, mark] of [
    ['wrong', '❌'],
    ['right', '✅'],
  ] as const) {
    const code = regionOf(text, region);
    if (code !== undefined) parts.push(`${mark} [${name}](../examples/practices/${name})`, block('ts', code));
  }
  return `${parts.join('\n\n')}\n`;
}

function regionOf(text: string, region: string): string | undefined {
  return new RegExp(`// #region ${region}\\n(.*?)// #endregion`, 's').exec(text)?.[1];
}

function block(language: string, code: string): string {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(target, fromPython());
}
