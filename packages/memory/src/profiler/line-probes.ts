/**
 * Puts probes into source text, so that memory can be told by line: one before each statement, and a pair around each
 * function's body. Nothing moves to another line. Asynchronous functions and generators get the probes of their statements only, since their
 * bodies do not nest in time.
 */
import { allChildren, child, children, isFunction, nameOf, type SyntaxNode } from '../ownership/syntax.ts';

/** The global that the probes call; `LineRecorder.install` puts it there. */
export const probesName = '__plateauLines';

const declarationTypes =
  /^(Import|ExportAll|ExportDefault|ExportSpecifier|FunctionDeclaration|ClassDeclaration|TS|EmptyStatement)/;

/**
 * @param program The syntax tree of `text`.
 * @param only Name of the function that is meant; default: all of the file.
 * @throws RangeError when there is no function of that name.
 */
export function probeLines(text: string, program: SyntaxNode, only?: string): string {
  const root = only === undefined ? program : findFunction(program, only);
  if (root === undefined)
    throw new RangeError(`There is no function ${only ?? ''} in this file; name one that it declares.`);
  const insertions: { at: number; text: string; order: number }[] = [];
  const lineOf = lineCounter(text);
  const open: SyntaxNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    open.push(...allChildren(node));
    for (const statement of statementsOf(node)) {
      if (declarationTypes.test(statement.type) || isDirective(statement) || isTypeOnlyExport(statement))
        continue;
      insertions.push({
        at: statement.start,
        text: `${probesName}.line(${lineOf(statement.start)});`,
        order: 1,
      });
    }
    const body = child(node, 'body');
    if (
      !isFunction(node) ||
      node.async === true ||
      node.generator === true ||
      body?.type !== 'BlockStatement'
    )
      continue;
    const enter = `${probesName}.enter(${lineOf(node.start)});try{`;
    insertions.push({ at: body.start + 1, text: enter, order: 0 });
    insertions.push({ at: body.end - 1, text: `}finally{${probesName}.exit();}`, order: 2 });
  }
  insertions.sort((a, b) => b.at - a.at || b.order - a.order);
  return insertions.reduce((probed, { at, text }) => probed.slice(0, at) + text + probed.slice(at), text);
}

function statementsOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.type === 'Program' || node.type === 'BlockStatement' || node.type === 'StaticBlock')
    return children(node, 'body');
  return node.type === 'SwitchCase' ? children(node, 'consequent') : [];
}

function isDirective(statement: SyntaxNode): boolean {
  return statement.type === 'ExpressionStatement' && typeof statement.directive === 'string';
}

/** `export { x }` and exported types and functions: nothing runs there. */
function isTypeOnlyExport(statement: SyntaxNode): boolean {
  if (statement.type !== 'ExportNamedDeclaration') return false;
  return child(statement, 'declaration')?.type !== 'VariableDeclaration';
}

function findFunction(program: SyntaxNode, name: string): SyntaxNode | undefined {
  const open: SyntaxNode[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const own = isFunction(node) && nameOf(child(node, 'id')) === name ? node : undefined;
    const inner =
      nameOf(child(node, 'id') ?? child(node, 'key')) === name
        ? (child(node, 'init') ?? child(node, 'value'))
        : undefined;
    if (own !== undefined) return own;
    if (isFunction(inner)) return inner;
    open.push(...allChildren(node));
  }
  return undefined;
}

function lineCounter(text: string): (at: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (at) => {
    const next = starts.findIndex((start) => start > at);
    return next === -1 ? starts.length : next;
  };
}
