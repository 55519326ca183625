/** Under which conditions a value is acquired: where the same condition comes out the other way, there is none. */
import { bindingsOf } from './bindings.ts';
import {
  child,
  isFunction,
  isNothing,
  nodesIn,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
} from './syntax.ts';

/** A condition without its sign: `!x`, `x === undefined` and `x !== undefined` all ask for `x`. */
export interface Condition {
  readonly text: string;
  readonly holds: boolean;
}

/** @param holds How the test comes out. */
export function conditionOf(file: SourceFile, test: SyntaxNode, holds: boolean): Condition {
  const node = unwrapDown(test) ?? test;
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  if (node.operator === '!') return conditionOf(file, child(node, 'argument') ?? node, !holds);
  if (left !== undefined && right !== undefined && /^[!=]==?$/.test(String(node.operator))) {
    const isSame = String(node.operator).startsWith('=') === holds;
    if (isNothing(right)) return { text: textOf(file, left), holds: !isSame };
    if (isNothing(left)) return { text: textOf(file, right), holds: !isSame };
    return { text: `${textOf(file, left)} = ${textOf(file, right)}`, holds: isSame };
  }
  return { text: textOf(file, node), holds };
}

/** The conditions, of names that never change, under which an assignment or a declaration takes a new value. */
export function conditionsOf(file: SourceFile, from: SyntaxNode): Condition[] {
  const found = within(file, child(from, 'init') ?? child(from, 'right'));
  for (let node = from; ; ) {
    const parent = file.parentOf.get(node);
    if (parent === undefined || isFunction(parent)) return found;
    const test = child(parent, 'test');
    const isBranch = parent.type === 'IfStatement' || parent.type === 'ConditionalExpression';
    if (isBranch && test !== undefined && test !== node && isFixed(file, test))
      found.push(conditionOf(file, test, child(parent, 'consequent') === node));
    node = parent;
  }
}

/** Of `x ? acquire() : undefined`, `x ?? acquire()`, `x && acquire()`. */
function within(file: SourceFile, value: SyntaxNode | undefined): Condition[] {
  const node = unwrapDown(value);
  if (node?.type === 'ConditionalExpression') {
    const test = child(node, 'test');
    if (test === undefined || !isFixed(file, test)) return [];
    if (isNothing(child(node, 'alternate'))) return [conditionOf(file, test, true)];
    return isNothing(child(node, 'consequent')) ? [conditionOf(file, test, false)] : [];
  }
  const left = child(node, 'left');
  if (node?.type !== 'LogicalExpression' || left === undefined || !isFixed(file, left)) return [];
  return [conditionOf(file, left, node.operator === '&&')];
}

/** Whether a test asks names only that are given a value once. */
function isFixed(file: SourceFile, test: SyntaxNode): boolean {
  return nodesIn(file, test).every((node) => {
    if (node.type === 'CallExpression' || node.type === 'AssignmentExpression') return false;
    const binding = node.type === 'Identifier' ? bindingsOf(file).find(String(node.name), node) : undefined;
    return binding === undefined || bindingsOf(file).writesOf(binding).length === 0;
  });
}

function textOf(file: SourceFile, node: SyntaxNode): string {
  return file.text.slice(node.start, node.end);
}
