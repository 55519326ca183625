/** The syntax tree as the ownership check needs it: nodes with a way up, and questions about them. */

/** A node of an ESTree with TypeScript's nodes, as oxc-parser gives it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One parsed file. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  readonly parentOf: ReadonlyMap<SyntaxNode, SyntaxNode>;
  readonly nodes: readonly SyntaxNode[];
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** The field of a node, if it holds a node. */
export function child(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The field of a node, if it holds a list of them. */
export function children(node: SyntaxNode | undefined, field: string): readonly SyntaxNode[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A node's direct children, in the order of the source. */
export function allChildren(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const value of Object.values(node)) {
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) found.push(...value.filter(isNode));
  }
  return found;
}

/** Indexes a parsed program. */
export function sourceFile(path: string, text: string, program: SyntaxNode): SourceFile {
  const parentOf = new Map<SyntaxNode, SyntaxNode>();
  const nodes: SyntaxNode[] = [];
  const open: SyntaxNode[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes.push(node);
    for (const inner of allChildren(node)) {
      parentOf.set(inner, node);
      open.push(inner);
    }
  }
  nodes.sort((a, b) => a.start - b.start || b.end - a.end);
  return { path, text, program, parentOf, nodes };
}

/** The name of an identifier, private or not; `Symbol.dispose` of such a key; the text of a literal key. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') {
    return node.type === 'PrivateIdentifier' ? `#${String(node.name)}` : String(node.name);
  }
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'MemberExpression') return undefined;
  const [object, property] = [nameOf(child(node, 'object')), nameOf(child(node, 'property'))];
  return object === 'Symbol' && property !== undefined ? `Symbol.${property}` : undefined;
}

/** The name after the dot, or the symbol in brackets. */
export function memberName(node: SyntaxNode | undefined): string | undefined {
  return node?.type === 'MemberExpression' ? nameOf(child(node, 'property')) : undefined;
}

/** `undefined` or `null`. */
export function isNothing(node: SyntaxNode | undefined): boolean {
  return nameOf(node) === 'undefined' || (node?.type === 'Literal' && node.value === null);
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export function isFunction(node: SyntaxNode | undefined): boolean {
  return node !== undefined && functionTypes.has(node.type);
}

export function isClass(node: SyntaxNode | undefined): boolean {
  return node?.type === 'ClassDeclaration' || node?.type === 'ClassExpression';
}

/** The expressions that a function answers, without what wraps them. */
export function returnedBy(file: SourceFile, body: SyntaxNode): SyntaxNode[] {
  const block = child(body, 'body');
  if (block !== undefined && block.type !== 'BlockStatement') return branchesOf(block);
  return nodesIn(file, body)
    .filter((node) => node.type === 'ReturnStatement')
    .filter((node) => enclosing(file, node, isFunction) === body)
    .flatMap((node) => branchesOf(child(node, 'argument')));
}

/** Both sides of `a ? b : c`. */
function branchesOf(expression: SyntaxNode | undefined): SyntaxNode[] {
  const node = unwrapDown(expression);
  if (node?.type !== 'ConditionalExpression') return node === undefined ? [] : [node];
  return [...branchesOf(child(node, 'consequent')), ...branchesOf(child(node, 'alternate'))];
}

/** The nearest ancestor for which the question is answered with yes. */
export function enclosing(
  file: SourceFile,
  node: SyntaxNode,
  is: (ancestor: SyntaxNode) => boolean,
): SyntaxNode | undefined {
  let ancestor = file.parentOf.get(node);
  while (ancestor !== undefined && !is(ancestor)) ancestor = file.parentOf.get(ancestor);
  return ancestor;
}

/** A node and everything in it, in the order of the source. */
export function nodesIn(file: SourceFile, outer: SyntaxNode): SyntaxNode[] {
  const { nodes } = file;
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle]?.start ?? 0) < outer.start) low = middle + 1;
    else high = middle;
  }
  const found: SyntaxNode[] = [];
  for (let index = low; ; index += 1) {
    const node = nodes[index];
    if (node === undefined || node.start >= outer.end) return found;
    if (contains(outer, node)) found.push(node);
  }
}

export function contains(outer: SyntaxNode | undefined, inner: SyntaxNode): boolean {
  return outer !== undefined && outer.start <= inner.start && inner.end <= outer.end;
}

/** Line and column, both from 1. */
export function placeOf(file: SourceFile, node: SyntaxNode): { line: number; column: number } {
  const before = file.text.slice(0, node.start);
  const line = before.split('\n').length;
  return { line, column: node.start - before.lastIndexOf('\n') };
}

const transparentTypes = new Set([
  'AwaitExpression',
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'ChainExpression',
]);

/** Passes over what only wraps a value: `await`, parentheses, casts. @returns The outermost wrapping and its parent. */
export function unwrapUp(
  file: SourceFile,
  node: SyntaxNode,
): { value: SyntaxNode; parent: SyntaxNode | undefined } {
  let value = node;
  let parent = file.parentOf.get(value);
  while (parent !== undefined && transparentTypes.has(parent.type)) {
    value = parent;
    parent = file.parentOf.get(value);
  }
  return { value, parent };
}

/** The value inside of such wrappings. */
export function unwrapDown(node: SyntaxNode | undefined): SyntaxNode | undefined {
  let value = node;
  while (value !== undefined && transparentTypes.has(value.type)) {
    value = child(value, value.type === 'AwaitExpression' ? 'argument' : 'expression');
  }
  return value;
}
