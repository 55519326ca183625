/** `line-profile.ts FILE`: profiles a file by line while importing it, prints the profile as JSON. */
import { pathToFileURL } from 'node:url';
import { parseSync } from 'oxc-parser';
import { profileLines } from '../../src/index.ts';
import type { SyntaxNode } from '../../src/ownership/syntax.ts';

const path = process.argv[2] ?? '';
const profile = await profileLines({
  path,
  parse: (name, text) => parseSync(name, text).program as unknown as SyntaxNode,
  run: () => import(pathToFileURL(path).href),
});
console.log(JSON.stringify(profile));
