/**
 * The ownership check: in each file, every disposable that is acquired has to be used, kept, moved or returned. Works on
 * the syntax tree alone, with what the program declares about itself.
 *
 * A line that is right in spite of the rules says why, right above: `// ownership: <reason>`.
 */
import { builtinTypes } from './builtin-types.ts';
import { OwnershipRules } from './ownership-rules.ts';
import { collectFacts } from './program-facts.ts';
import { child, placeOf, type SourceFile, type SyntaxNode, sourceFile } from './syntax.ts';
import { UsingRules } from './using-rules.ts';
import type { OwnershipMistake, Verdict } from './verdicts.ts';

/** A source text to be looked at. */
export interface OwnershipInput {
  readonly path: string;
  readonly text: string;
  /** Read for its declarations and not checked itself: a library's types. */
  readonly declarationsOnly?: boolean | undefined;
}

export interface OwnershipFinding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly mistake: OwnershipMistake;
  /** What is wrong, in a sentence. */
  readonly sentence: string;
}

/** Parses one file. @throws SyntaxError when it cannot be read. */
export type Parser = (path: string, text: string) => SyntaxNode;

/** Checks a program. @returns What is wrong, by file and line. */
export function checkOwnership(inputs: readonly OwnershipInput[], parse: Parser): OwnershipFinding[] {
  const parsed = inputs.map((input) => ({
    input,
    file: sourceFile(input.path, input.text, parse(input.path, input.text)),
  }));
  const builtins = sourceFile('builtins.d.ts', builtinTypes, parse('builtins.d.ts', builtinTypes));
  // Libraries first: a name that is imported from this package is not meant to be somebody's own of the same name.
  const ordered = parsed.toSorted((a, b) => Number(isLibrary(b.input)) - Number(isLibrary(a.input)));
  const facts = collectFacts(
    ordered.map(({ file }) => file),
    builtins,
  );
  return parsed
    .filter(({ input }) => !isLibrary(input))
    .flatMap(({ file }) => checkFile(file, new OwnershipRules(facts, file)));
}

function isLibrary(input: OwnershipInput): boolean {
  return input.declarationsOnly === true;
}

function checkFile(file: SourceFile, rules: OwnershipRules): OwnershipFinding[] {
  const usings = new UsingRules(file);
  const findings: OwnershipFinding[] = [];
  const report = (node: SyntaxNode, verdict: Verdict | undefined): void => {
    if (verdict === undefined || isExcused(file, node)) return;
    findings.push({ path: file.path, ...placeOf(file, node), ...verdict });
  };
  for (const node of file.nodes) {
    if (node.type === 'CallExpression' || node.type === 'NewExpression') {
      report(node, rules.judge(node));
    } else if (
      node.type === 'VariableDeclaration' &&
      (node.kind === 'using' || node.kind === 'await using')
    ) {
      for (const declarator of node.declarations as SyntaxNode[]) {
        if (child(declarator, 'init') !== undefined) report(declarator, usings.judge(declarator));
      }
    }
  }
  return findings;
}

/** `// ownership: reason` on the line above, or at the end of the same. */
function isExcused(file: SourceFile, node: SyntaxNode): boolean {
  const lines = file.text.split('\n');
  const { line } = placeOf(file, node);
  return [lines[line - 2], lines[line - 1]].some((text) => /\/\/ ownership: \S/.test(text ?? ''));
}
