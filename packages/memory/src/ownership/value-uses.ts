/** Where a value is used after it was put into a variable, and whether each way out of its block releases it. */
import {
  child,
  children,
  contains,
  enclosing,
  isFunction,
  memberName,
  nameOf,
  type SourceFile,
  type SyntaxNode,
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
]);
const loops = new Set([
  'ForStatement',
  'ForOfStatement',
  'ForInStatement',
  'WhileStatement',
  'DoWhileStatement',
]);
const exits = new Set(['ReturnStatement', 'ThrowStatement', 'BreakStatement', 'ContinueStatement']);

export class ValueUses {
  readonly #file: SourceFile;

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** `x.release()`, `x?.[Symbol.dispose]()`. */
  isRelease(use: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    if (parent?.type !== 'MemberExpression' || parent.object !== value) return false;
    return releaseNames.has(memberName(parent) ?? '');
  }

  isLoopedOver(use: SyntaxNode): boolean {
    const loop = enclosing(this.#file, use, (one) => one.type === 'ForOfStatement' || isFunction(one));
    return loop?.type === 'ForOfStatement' && contains(child(loop, 'right'), use);
  }

  /** In a `finally`, or straight in the block of the acquisition with no way out in between. */
  isOnEveryPath(use: SyntaxNode, from: SyntaxNode): boolean {
    const isInFinally = (one: SyntaxNode): boolean => {
      const around = this.#file.parentOf.get(one);
      return around?.type === 'TryStatement' && around.finalizer === one;
    };
    if (enclosing(this.#file, use, (one) => isInFinally(one)) !== undefined) return true;
    if (!this.sameFunction(use, from)) return true;
    const block = this.#blockOf(from);
    const statement = this.#statementIn(block, use);
    if (block === undefined || statement === undefined || /^(If|Try|Switch)/.test(statement.type))
      return false;
    if (loops.has(statement.type) && !contains(statement, from)) return false;
    return !this.#file.nodes.some(
      (node) =>
        exits.has(node.type) && node.start > from.end && node.end < use.start && this.#leaves(node, from),
    );
  }

  /** Whether a `return` or `break` leaves the block in which the acquisition stands while the value may be held. */
  #leaves(exit: SyntaxNode, from: SyntaxNode): boolean {
    if (!this.sameFunction(exit, from)) return false;
    if (this.#isGuardedByAbsence(exit, from)) return false;
    if (exit.type === 'ReturnStatement' || exit.type === 'ThrowStatement')
      return contains(this.#blockOf(from), exit);
    const loop = enclosing(this.#file, exit, (one) => loops.has(one.type) || one.type === 'SwitchStatement');
    return loop === undefined || contains(loop, from);
  }

  /** `if (x === undefined) return`: on that way there is nothing to release. */
  #isGuardedByAbsence(exit: SyntaxNode, from: SyntaxNode): boolean {
    const guard = enclosing(this.#file, exit, (one) => one.type === 'IfStatement' || isFunction(one));
    const test = guard?.type === 'IfStatement' ? child(guard, 'test') : undefined;
    if (test === undefined) return false;
    const name = nameOf(child(from, 'id')) ?? nameOf(child(from, 'left')) ?? '';
    const text = this.#file.text.slice(test.start, test.end);
    return new RegExp(`(^|\\W)${name}\\s*={2,3}\\s*(undefined|null)|!\\s*${name}\\b`).test(text);
  }

  /** A loop that fills one variable again and again, with the release behind the loop. */
  isOverwritten(name: string, from: SyntaxNode, releases: readonly SyntaxNode[]): boolean {
    if (from.type !== 'AssignmentExpression') return false;
    const loop = enclosing(this.#file, from, (one) => loops.has(one.type) || isFunction(one));
    if (loop === undefined || !loops.has(loop.type)) return false;
    const declaredInside = this.#file.nodes.some(
      (node) =>
        node.type === 'VariableDeclarator' && contains(loop, node) && nameOf(child(node, 'id')) === name,
    );
    return !declaredInside && !releases.some((use) => contains(loop, use));
  }

  #blockOf(node: SyntaxNode): SyntaxNode | undefined {
    return enclosing(this.#file, node, (one) =>
      /^(BlockStatement|Program|StaticBlock|SwitchCase|For.*Statement)$/.test(one.type),
    );
  }

  #statementIn(block: SyntaxNode | undefined, node: SyntaxNode): SyntaxNode | undefined {
    let statement: SyntaxNode | undefined = node;
    while (statement !== undefined && this.#file.parentOf.get(statement) !== block) {
      statement = this.#file.parentOf.get(statement);
    }
    return statement;
  }

  sameFunction(a: SyntaxNode, b: SyntaxNode): boolean {
    const functionOf = (node: SyntaxNode): SyntaxNode | undefined => enclosing(this.#file, node, isFunction);
    return functionOf(a) === functionOf(b);
  }

  /** Uses of a variable in the function (or file) of its declaration, without those of an inner one of the same name. */
  usesOf(name: string, from: SyntaxNode): SyntaxNode[] {
    const scope =
      enclosing(this.#file, from, (one) => isFunction(one) || one.type === 'Program') ?? this.#file.program;
    return this.#file.nodes.filter((node) => {
      if (node.type !== 'Identifier' || node.name !== name || !contains(scope, node)) return false;
      if (contains(from, node) && node.start < (child(from, 'init') ?? child(from, 'right') ?? from).end)
        return false;
      const parent = this.#file.parentOf.get(node);
      if (parent?.type === 'MemberExpression' && parent.property === node && parent.computed !== true)
        return false;
      if (parent?.type === 'Property' && parent.key === node && parent.shorthand !== true) return false;
      if (parent?.type === 'VariableDeclarator' && parent.id === node) return false;
      if (parent?.type === 'AssignmentExpression' && parent.left === node) return false;
      return !this.#isShadowed(name, node, scope, from);
    });
  }

  #isShadowed(name: string, use: SyntaxNode, scope: SyntaxNode, from: SyntaxNode): boolean {
    for (
      let inner = enclosing(this.#file, use, isFunction);
      inner !== undefined && inner !== scope && contains(scope, inner);
      inner = enclosing(this.#file, inner, isFunction)
    ) {
      if (children(inner, 'params').some((one) => nameOf(one) === name)) return true;
    }
    const blocks = this.#file.nodes.filter(
      (node) => node.type === 'VariableDeclarator' && nameOf(child(node, 'id')) === name && node !== from,
    );
    return blocks.some((other) => {
      const block = this.#blockOf(other);
      return block !== undefined && contains(block, use) && !contains(block, from) && other.start < use.start;
    });
  }
}
