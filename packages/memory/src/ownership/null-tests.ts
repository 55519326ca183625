/** What a condition says about whether a variable holds anything: `x !== undefined`, `!x`, `x && …`, `x instanceof Y`. */
import { bindingsOf } from './bindings.ts';
import { type Condition, conditionOf } from './conditions.ts';
import { child, isNothing, type SourceFile, type SyntaxNode, unwrapDown } from './syntax.ts';

export class NullTests {
  readonly #file: SourceFile;
  readonly #isSubject: (identifier: SyntaxNode) => boolean;
  readonly #required: readonly Condition[];

  /**
   * @param isSubject Whether a name stands for the variable that is asked about.
   * @param required Conditions under which something is put into it.
   */
  constructor(
    file: SourceFile,
    isSubject: (identifier: SyntaxNode) => boolean,
    required: readonly Condition[],
  ) {
    this.#file = file;
    this.#isSubject = isSubject;
    this.#required = required;
  }

  /** Whether there is nothing in the variable when the condition comes out like this. */
  isAbsent(test: SyntaxNode | undefined, outcome: boolean): boolean {
    const node = unwrapDown(test);
    if (node === undefined) return false;
    if (this.isSubject(node)) return !outcome;
    const { text, holds } = conditionOf(this.#file, node, outcome);
    if (this.#required.some((one) => one.text === text && one.holds !== holds)) return true;
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    switch (node.type) {
      case 'UnaryExpression':
        return node.operator === '!' && this.isAbsent(child(node, 'argument'), !outcome);
      case 'LogicalExpression': {
        const both = (node.operator === '&&') !== outcome;
        const [inLeft, inRight] = [this.isAbsent(left, outcome), this.isAbsent(right, outcome)];
        return node.operator !== '??' && (both ? inLeft && inRight : inLeft || inRight);
      }
      case 'BinaryExpression':
        if (node.operator === 'instanceof') return !outcome && this.isSubject(unwrapDown(left));
        return this.#comparesWithNothing(left, right) && isEqual(node.operator, outcome);
      case 'Identifier': {
        const flag = bindingsOf(this.#file).find(String(node.name), node)?.declaration;
        const isFixed = this.#file.parentOf.get(flag ?? node)?.kind === 'const';
        return isFixed && this.isAbsent(child(flag, 'init'), outcome);
      }
      default:
        return false;
    }
  }

  /** The variable itself, or an assignment to it that is looked at: `(x = next()) !== undefined`. */
  isSubject(node: SyntaxNode | undefined): boolean {
    if (node?.type === 'Identifier') return this.#isSubject(node);
    return node?.type === 'AssignmentExpression' && this.isSubject(unwrapDown(child(node, 'left')));
  }

  #comparesWithNothing(left: SyntaxNode | undefined, right: SyntaxNode | undefined): boolean {
    const sides = [unwrapDown(left), unwrapDown(right)];
    const isTypeof = (one: SyntaxNode | undefined): boolean =>
      one?.operator === 'typeof' && this.isSubject(unwrapDown(child(one, 'argument')));
    if (sides.some(isTypeof))
      return sides.some((one) => one?.type === 'Literal' && one.value === 'undefined');
    return sides.some(isNothing) && sides.some((one) => this.isSubject(one));
  }
}

/** Whether a comparison that came out like this says that both sides are the same. */
function isEqual(operator: unknown, outcome: boolean): boolean {
  if (operator === '===' || operator === '==') return outcome;
  return (operator === '!==' || operator === '!=') && !outcome;
}
