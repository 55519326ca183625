/** By what something is released: the names of such methods, and whether a use of a value calls one. */
import { bindingsOf } from './bindings.ts';
import {
  child,
  children,
  memberName,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
  unwrapUp,
} from './syntax.ts';

/** Methods by which something is released, or given into other hands for good. */
export const releaseNames: ReadonlySet<string> = new Set([
  'Symbol.dispose',
  'Symbol.asyncDispose',
  'dispose',
  'close',
  'release',
  'return',
  'destroy',
  'free',
  'terminate',
  'disposeAsync',
  'stop',
  'end',
  'cancel',
  'abort',
  'disconnect',
  'shutdown',
]);

/** `x.release()`, `x?.[Symbol.dispose]()`, `once('exit', x.close)`; not `x.close;`, which calls nothing. */
export function isRelease(file: SourceFile, use: SyntaxNode): boolean {
  const { value, parent } = unwrapUp(file, use);
  if (parent?.type !== 'MemberExpression' || parent.object !== value) return false;
  const name = methodName(file, parent) ?? '';
  const next = unwrapUp(file, parent).parent;
  // `stack.move()` leaves the stack empty; `scope.move(x, other)` does not.
  if (name === 'move') return next?.type === 'CallExpression' && children(next, 'arguments').length === 0;
  return releaseNames.has(name) && next?.type !== 'ExpressionStatement';
}

/** The name of a method; `const d = Symbol.dispose; x[d]()` as well. */
function methodName(file: SourceFile, member: SyntaxNode): string | undefined {
  const property = child(member, 'property');
  if (member.computed !== true || property?.type !== 'Identifier') return memberName(member);
  const declaration = bindingsOf(file).find(String(property.name), property)?.declaration;
  return nameOf(unwrapDown(child(declaration, 'init')));
}
