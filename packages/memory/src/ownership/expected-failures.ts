/** Tests that expect an acquisition to fail: what is thrown instead of it has to be released by nobody. */
import {
  child,
  children,
  enclosing,
  isFunction,
  type SourceFile,
  type SyntaxNode,
  unwrapUp,
} from './syntax.ts';

const expectations = /^(expect|(assert\.)?(throws|rejects))$/;

/** Whether a call stands in what `expect(() => …)` or `assert.throws(() => …)` is given, or is `expect(…).rejects`. */
export function isExpectedToFail(file: SourceFile, node: SyntaxNode): boolean {
  const around = enclosing(file, node, isFunction);
  if (around !== undefined && isGivenToExpectation(file, around)) return true;
  const expecting = isGivenToExpectation(file, node) ? unwrapUp(file, node).parent : undefined;
  const next = expecting === undefined ? undefined : file.parentOf.get(expecting);
  return next?.type === 'MemberExpression' && child(next, 'property')?.name === 'rejects';
}

function isGivenToExpectation(file: SourceFile, node: SyntaxNode): boolean {
  const { value, parent } = unwrapUp(file, node);
  if (parent?.type !== 'CallExpression' || !children(parent, 'arguments').includes(value)) return false;
  const callee = child(parent, 'callee');
  return expectations.test(file.text.slice(callee?.start, callee?.end));
}
