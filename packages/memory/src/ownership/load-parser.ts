/** The optional peer that reads source text into a syntax tree, loaded only where it is needed. */
import type { Parser } from './check-ownership.ts';
import type { SyntaxNode } from './syntax.ts';

interface OxcParser {
  parseSync(path: string, text: string): { program: unknown; errors: readonly { message: string }[] };
}

/** @returns `undefined` where oxc-parser is not installed. */
export async function loadParser(): Promise<Parser | undefined> {
  const name = 'oxc-parser';
  let parser: OxcParser;
  try {
    parser = (await import(name)) as OxcParser;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  return (path, text) => {
    const { program, errors } = parser.parseSync(path, text);
    if (errors[0] !== undefined) throw new SyntaxError(`${path}: ${errors[0].message}`);
    return program as SyntaxNode;
  };
}
