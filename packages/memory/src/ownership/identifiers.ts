/** What an identifier is where it stands: a declaration, a use of a value, the target of an assignment, or only a key. */
import { child, children, type SourceFile, type SyntaxNode } from './syntax.ts';

/** Parts of TypeScript in which an identifier stands for a value. */
const valueTypes =
  /^TS(AsExpression|NonNullExpression|SatisfiesExpression|TypeAssertion|InstantiationExpression|ExportAssignment)$/;

/** The names that a pattern declares: `a`, `{ a, b: c }`, `[a, ...b]`, `a = 1`. */
export function identifiersIn(pattern: SyntaxNode | undefined): SyntaxNode[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern];
    case 'ObjectPattern':
      return children(pattern, 'properties').flatMap((one) => identifiersIn(child(one, 'value') ?? one));
    case 'ArrayPattern':
      return children(pattern, 'elements').flatMap(identifiersIn);
    case 'AssignmentPattern':
      return identifiersIn(child(pattern, 'left'));
    case 'RestElement':
      return identifiersIn(child(pattern, 'argument'));
    case 'TSParameterProperty':
      return identifiersIn(child(pattern, 'parameter'));
    default:
      return [];
  }
}

/** Whether an identifier stands for a value, and is no key, label or type. */
export function isReference(node: SyntaxNode, parent: SyntaxNode): boolean {
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed === true;
  if (/^(Property|PropertyDefinition|MethodDefinition|AccessorProperty)$/.test(parent.type))
    return parent.key !== node || parent.computed === true;
  if (parent.type === 'ExportSpecifier') return parent.local === node;
  if (/^(LabeledStatement|BreakStatement|ContinueStatement|ImportSpecifier|MetaProperty)$/.test(parent.type))
    return false;
  return !parent.type.startsWith('TS') || valueTypes.test(parent.type);
}

/** Whether an assignment or a loop writes to it. */
export function isTarget(file: SourceFile, node: SyntaxNode, parent: SyntaxNode): boolean {
  if (/^(AssignmentExpression|ForOfStatement|ForInStatement|AssignmentPattern)$/.test(parent.type))
    return parent.left === node;
  if (parent.type === 'ArrayPattern' || parent.type === 'RestElement') return true;
  return parent.type === 'Property' && file.parentOf.get(parent)?.type === 'ObjectPattern';
}
