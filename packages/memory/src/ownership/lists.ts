/** Which variables and fields hold an array, a map or a set for certain: those that begin with an empty or a filled one. */
import { bindingsOf } from './bindings.ts';
import {
  child,
  children,
  enclosing,
  isClass,
  memberName,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
} from './syntax.ts';

/** Methods that put what they are given into a list. */
export const adders: RegExp = /^(push|unshift|add|set)$/;

const collections = /^(Array|Map|Set)$/;

/** `[…]`, `new Map(…)`, `new Set(…)`. */
export function makesCollection(expression: SyntaxNode | undefined): boolean {
  const made = unwrapDown(expression);
  if (made?.type === 'ArrayExpression') return true;
  return made?.type === 'NewExpression' && collections.test(nameOf(child(made, 'callee')) ?? '');
}

/** The field's name of `this.field`. */
export function ownField(member: SyntaxNode | undefined): string | undefined {
  return child(member, 'object')?.type === 'ThisExpression' ? memberName(member) : undefined;
}

/** Whether an expression is a variable or a field of the class that was made as a list. */
export function isList(file: SourceFile, expression: SyntaxNode | undefined): boolean {
  const field = ownField(expression);
  if (expression !== undefined && field !== undefined) {
    const members = children(child(enclosing(file, expression, isClass), 'body'), 'body');
    const definition = members.find((one) => nameOf(child(one, 'key')) === field);
    return makesCollection(child(definition, 'value'));
  }
  if (expression?.type !== 'Identifier') return false;
  const binding = bindingsOf(file).find(String(expression.name), expression);
  return makesCollection(child(binding?.declaration, 'init'));
}
